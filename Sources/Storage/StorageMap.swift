import Machine

/// Everything on the disks, as values: what a survey knows of storage.
package struct StorageMap: Codable, Sendable, Hashable {
    package var disks: [Disk]
    package var volumes: [Volume]
    package var arrays: [MDArray]
    package var groups: [VolumeGroup]
    /// PVs whose volume group could not be read.
    package var strayPhysicalVolumes: [PhysicalVolume]
    /// Logical volumes as outdated metadata describes them: what there is once the disks with the newer are gone.
    package var formerVolumes: [Volume]
    /// The kernel's names of disks that were pulled out of the map (`without`): others go by them at the next boot.
    package internal(set) var vacated: Set<KernelDiskName> = []

    // What is vacated is thought, not read: it is in no record.
    private enum CodingKeys: CodingKey {
        case disks, volumes, arrays, groups, strayPhysicalVolumes, formerVolumes
    }

    package init(
        disks: [Disk] = [], volumes: [Volume] = [], arrays: [MDArray] = [], groups: [VolumeGroup] = [],
        strayPhysicalVolumes: [PhysicalVolume] = [], formerVolumes: [Volume] = []
    ) {
        self.disks = disks
        self.volumes = volumes
        self.arrays = arrays
        self.groups = groups
        self.strayPhysicalVolumes = strayPhysicalVolumes
        self.formerVolumes = formerVolumes
    }

    package func volume(_ id: VolumeID) -> Volume? { volumes.first { $0.id == id } }
    package func disk(_ id: VolumeID) -> Disk? { disks.first { $0.id == id } }
    package func array(_ id: VolumeID) -> MDArray? { arrays.first { $0.id == id } }

    /// The array that a device is a member of.
    package func arrayHolding(_ id: VolumeID) -> MDArray? {
        arrays.first { $0.members.contains { $0.device == id } }
    }

    /// The members of an array; none of any other volume.
    package func members(of id: VolumeID) -> [VolumeID] { array(id)?.members.map(\.device) ?? [] }

    /// The disks that hold any part of a volume.
    package func disks(under id: VolumeID) -> [VolumeID] {
        var used = Set((volume(id).map(spread) ?? []).flatMap(\.copies).flatMap(\.disks))
        // An opened container is a source of its own; what it was opened from lies on disks, or in another container.
        for _ in 0..<8 {
            for container in used.filter({ disk($0) == nil }) {
                guard let outer = volume(holding: container) else { continue }
                used.formUnion(outer.copies.flatMap(\.disks))
            }
        }
        return disks.map(\.id).filter(used.contains)
    }

    /// The volume that an encrypted container lies in.
    package func volume(holding container: VolumeID) -> Volume? {
        volumes.first { volume in
            volume.signature?.type == "crypto_LUKS"
                && volume.signature?.uuid.map { VolumeID("luks:\($0)") } == container
        }
    }

    /// What an encrypted container holds, opened or locked.
    package func volume(inside container: Volume) -> Volume? {
        guard container.signature?.type == "crypto_LUKS", let uuid = container.signature?.uuid else {
            return nil
        }
        return volume(VolumeID("luks:\(uuid)"))
    }
}

/// A whole disk or disk image.
package struct Disk: Codable, Sendable, Hashable {
    package var id: VolumeID
    /// Bytes.
    package var size: UInt64
    /// Bytes per logical sector.
    package var sectorSize: Int
    package var serial: String?
    package var wwid: String?
    /// The kernel's module aliases of the controllers above it, nearest first; empty for images.
    package var modaliases: [String]
    package var table: PartitionTable?
    /// The kernel takes no writes for it; nil for an image, and in surveys of older versions.
    package var isReadOnly: Bool?
    /// Further nodes that lead to the same disk, where no multipathd makes one of them all.
    package var otherPaths: [String]?
    package var failure: String?
    /// What of it could not be read first, where the rest could; nil in surveys of older versions.
    package var readError: String?
    /// Why it cannot be relied on.
    package var trouble: String? { failure ?? readError }

    package init(
        id: VolumeID, size: UInt64, sectorSize: Int, serial: String? = nil, wwid: String? = nil,
        modaliases: [String] = [], table: PartitionTable? = nil, failure: String? = nil
    ) {
        self.id = id
        self.size = size
        self.sectorSize = sectorSize
        self.serial = serial
        self.wwid = wwid
        self.modaliases = modaliases
        self.table = table
        self.failure = failure
    }

    /// Keeps what could not be read of it so far. One that does not answer is not asked again.
    package mutating func noteReadError(of source: BlockSource) {
        guard let error = source.readError?.description else { return }
        if source.isLost { failure = failure ?? error } else { readError = readError ?? error }
    }
}

/// A partition table as libblkid reads it.
package struct PartitionTable: Codable, Sendable, Hashable {
    /// `dos` or `gpt`.
    package var type: String
    package var uuid: String?
    package var partitions: [Partition]
    /// What is odd about a GPT: "a GPT whose first copy is damaged"; nil where nothing is.
    package var remark: String?

    package init(type: String, uuid: String? = nil, partitions: [Partition] = []) {
        self.type = type
        self.uuid = uuid
        self.partitions = partitions
    }
}

/// One entry of a partition table.
package struct Partition: Codable, Sendable, Hashable {
    package var id: VolumeID
    package var number: Int
    /// Bytes from the start of the disk.
    package var start: UInt64
    /// Bytes.
    package var size: UInt64
    /// `0x83`, or a GPT type GUID in lower case.
    package var type: String
    package var uuid: String?
    package var name: String?
    /// MBR's active flag.
    package var isActive: Bool

    package init(
        id: VolumeID, number: Int, start: UInt64, size: UInt64, type: String, uuid: String? = nil,
        name: String? = nil, isActive: Bool = false
    ) {
        self.id = id
        self.number = number
        self.start = start
        self.size = size
        self.type = type
        self.uuid = uuid
        self.name = name
        self.isActive = isActive
    }
}
