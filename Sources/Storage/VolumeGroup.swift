/// An LVM2 volume group as its newest metadata text describes it.
package struct VolumeGroup: Codable, Sendable, Hashable {
    package var id: String
    package var name: String
    package var seqno: Int
    /// Bytes.
    package var extentSize: UInt64
    package var systemID: String?
    /// `sanlock`, `dlm`, `idm`: a group that several machines may have open; nil or `none` for any other.
    package var lockType: String?
    package var flags: [String]
    package var physicalVolumes: [PhysicalVolume]
    package var logicalVolumes: [LogicalVolume]
    /// What PVs that were absent at the last change still say, newest first: what is left when the others are not.
    package var outdated: [VolumeGroup]

    package init(
        id: String, name: String, seqno: Int, extentSize: UInt64, systemID: String? = nil,
        lockType: String? = nil, flags: [String] = [],
        physicalVolumes: [PhysicalVolume] = [], logicalVolumes: [LogicalVolume] = [],
        outdated: [VolumeGroup] = []
    ) {
        self.id = id
        self.name = name
        self.seqno = seqno
        self.extentSize = extentSize
        self.systemID = systemID
        self.lockType = lockType
        self.flags = flags
        self.physicalVolumes = physicalVolumes
        self.logicalVolumes = logicalVolumes
        self.outdated = outdated
    }

    package func logicalVolume(_ name: String) -> LogicalVolume? { logicalVolumes.first { $0.name == name } }
}

/// A physical volume: what the metadata says of it, and the device it was found on.
package struct PhysicalVolume: Codable, Sendable, Hashable {
    /// The metadata's name for it, `pv0`; empty for a stray one.
    package var name: String
    /// Dashed, as LVM prints it.
    package var uuid: String
    /// Where its label was found; nil when it is missing.
    package var device: VolumeID?
    /// The `device` hint in the metadata: where it was last seen.
    package var hint: String?
    package var flags: [String]
    /// Bytes from the PV's start to the first extent.
    package var dataStart: UInt64
    package var extentCount: UInt64
    /// The seqno of the metadata on this very PV: a lower one was absent at the last change.
    package var seqno: Int?
    /// Further devices with the same PV UUID.
    package var duplicates: [VolumeID]
    /// Why its metadata could not be read.
    package var failure: String?

    package init(
        name: String, uuid: String, device: VolumeID? = nil, hint: String? = nil, flags: [String] = [],
        dataStart: UInt64 = 0, extentCount: UInt64 = 0, seqno: Int? = nil, duplicates: [VolumeID] = [],
        failure: String? = nil
    ) {
        self.name = name
        self.uuid = uuid
        self.device = device
        self.hint = hint
        self.flags = flags
        self.dataStart = dataStart
        self.extentCount = extentCount
        self.seqno = seqno
        self.duplicates = duplicates
        self.failure = failure
    }
}

/// A logical volume, sub-volumes (`root_rimage_0`) among them.
package struct LogicalVolume: Codable, Sendable, Hashable {
    package var id: String
    package var name: String
    /// `VISIBLE`, `NOTSYNCED`, `REBUILD`, `LOCKED`, …
    package var flags: [String]
    package var segments: [Segment]
    /// For a metadata sub-volume (`root_rmeta_0`): what device-mapper noted at its start.
    package var raidSuperblock: DMRaidSuperblock?
    /// What device-mapper says of a raid while it runs.
    package var raidStatus: DMRaidStatus?

    package init(
        id: String, name: String, flags: [String] = [], segments: [Segment] = [],
        raidSuperblock: DMRaidSuperblock? = nil, raidStatus: DMRaidStatus? = nil
    ) {
        self.id = id
        self.name = name
        self.flags = flags
        self.segments = segments
        self.raidSuperblock = raidSuperblock
        self.raidStatus = raidStatus
    }

    package var isVisible: Bool { flags.contains("VISIBLE") }

    /// One run of extents and how it is mapped.
    package struct Segment: Codable, Sendable, Hashable {
        package var start: UInt64
        package var count: UInt64
        /// `striped`, `raid1`, `mirror`, `thin`, …
        package var type: String
        /// For `striped`: PV name (or that of another LV) and first extent of each stripe.
        package var stripes: [Stripe]
        /// For raids: `root_rimage_0`, … and the metadata sub-volumes beside them.
        package var images: [String]
        package var metadata: [String]

        package init(
            start: UInt64, count: UInt64, type: String, stripes: [Stripe] = [], images: [String] = [],
            metadata: [String] = []
        ) {
            self.start = start
            self.count = count
            self.type = type
            self.stripes = stripes
            self.images = images
            self.metadata = metadata
        }
    }

    package struct Stripe: Codable, Sendable, Hashable {
        package var physicalVolume: String
        package var extent: UInt64
        package init(physicalVolume: String, extent: UInt64) {
            self.physicalVolume = physicalVolume
            self.extent = extent
        }
    }
}
