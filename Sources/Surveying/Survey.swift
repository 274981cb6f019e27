import BootFiles
import Storage

/// Everything observed, as one value: disks, boot code, installations. Gathering it changed no byte of any disk.
package struct Survey: Codable, Sendable, Hashable {
    package var schema = 1
    package var medium: Medium
    package var storage: StorageMap
    package var diskBoots: [DiskBoot]
    /// Every filesystem directory that holds kernels or GRUB: the candidates for /boot.
    package var bootDirectories: [BootDirectory]
    package var installations: [Installation]
    package var rejected: [RejectedCandidate]
    /// Files of mirror halves that are older than the one that was read.
    package var otherHalves: [OtherHalf]
    /// What the running system has mounted, a live fact; nil where that is none of the installations.
    package var mounted: [MountedVolume]?
    /// EFI system partitions.
    package var esps: [ESP]
    /// Hibernated systems in files; nil in surveys of older versions.
    package var hibernatedFiles: [SwapFileImage]?
    /// What this system uses of the disks, a live fact; nil for images, and in surveys of older versions.
    package var inUse: [InUse]?
    /// What the firmware starts; nil on a system that was not started by UEFI, or that does not show it.
    package var bootManager: BootManager?

    package init(
        medium: Medium, storage: StorageMap, diskBoots: [DiskBoot] = [],
        bootDirectories: [BootDirectory] = [],
        installations: [Installation] = [], rejected: [RejectedCandidate] = [], otherHalves: [OtherHalf] = [],
        mounted: [MountedVolume]? = nil, esps: [ESP] = [], hibernatedFiles: [SwapFileImage]? = nil,
        inUse: [InUse]? = nil, bootManager: BootManager? = nil
    ) {
        self.medium = medium
        self.storage = storage
        self.diskBoots = diskBoots
        self.bootDirectories = bootDirectories
        self.installations = installations
        self.rejected = rejected
        self.otherHalves = otherHalves
        self.mounted = mounted
        self.esps = esps
        self.hibernatedFiles = hibernatedFiles
        self.inUse = inUse
        self.bootManager = bootManager
    }

    /// A saved survey may be older than this program: what it does not know of is empty.
    package init(from decoder: any Decoder) throws {
        let saved = try decoder.container(keyedBy: CodingKeys.self)
        schema = try saved.decode(Int.self, forKey: .schema)
        medium = try saved.decode(Medium.self, forKey: .medium)
        storage = try saved.decode(StorageMap.self, forKey: .storage)
        diskBoots = try saved.decode([DiskBoot].self, forKey: .diskBoots)
        bootDirectories = try saved.decode([BootDirectory].self, forKey: .bootDirectories)
        installations = try saved.decode([Installation].self, forKey: .installations)
        rejected = try saved.decode([RejectedCandidate].self, forKey: .rejected)
        otherHalves = try saved.decodeIfPresent([OtherHalf].self, forKey: .otherHalves) ?? []
        mounted = try saved.decodeIfPresent([MountedVolume].self, forKey: .mounted)
        esps = try saved.decodeIfPresent([ESP].self, forKey: .esps) ?? []
        hibernatedFiles = try saved.decodeIfPresent([SwapFileImage].self, forKey: .hibernatedFiles)
        inUse = try saved.decodeIfPresent([InUse].self, forKey: .inUse)
        bootManager = try saved.decodeIfPresent(BootManager.self, forKey: .bootManager)
    }
}

/// The system that bootmend runs on: the rescue medium, or the system itself.
package struct Medium: Codable, Sendable, Hashable {
    package enum Firmware: String, Codable, Sendable, Hashable { case bios, uefi }

    package var kernel: String
    package var firmware: Firmware
    package var hasMD: Bool
    package var hasDeviceMapper: Bool
    /// The tools for opening a target that it has: "mdadm", "lvm", "dmsetup", "cryptsetup".
    package var tools: [String]

    package init(kernel: String, firmware: Firmware, hasMD: Bool, hasDeviceMapper: Bool, tools: [String]) {
        self.kernel = kernel
        self.firmware = firmware
        self.hasMD = hasMD
        self.hasDeviceMapper = hasDeviceMapper
        self.tools = tools
    }
}

/// The boot code on one disk.
package struct DiskBoot: Codable, Sendable, Hashable {
    package var disk: VolumeID
    /// nil where the first sector could not be read.
    package var record: BootRecord?
    package var core: CoreImage?
    /// Bytes where a core image may lie: the gap behind an MBR, or the BIOS boot partition.
    package var area: Area?
    package var failure: String?
    /// Where the code is neither GRUB's nor empty: what begins the partition that such code usually goes on with. Nil
    /// where not exactly one is active, where it could not be read, and in surveys of older versions.
    package var active: ActivePartition?

    /// The boot sector of a partition, and the core image that it leads to.
    package struct ActivePartition: Codable, Sendable, Hashable {
        package var partition: VolumeID
        package var record: BootRecord
        package var core: CoreImage?
        package init(partition: VolumeID, record: BootRecord, core: CoreImage? = nil) {
            self.partition = partition
            self.record = record
            self.core = core
        }
    }

    /// The core image that its code leads to, at once or by way of the active partition.
    package var startedCore: CoreImage? { core ?? active?.core }

    package struct Area: Codable, Sendable, Hashable {
        package var start: UInt64
        package var length: UInt64
        package init(start: UInt64, length: UInt64) {
            self.start = start
            self.length = length
        }
    }

    package init(
        disk: VolumeID, record: BootRecord?, core: CoreImage? = nil, area: Area? = nil,
        failure: String? = nil,
        active: ActivePartition? = nil
    ) {
        self.disk = disk
        self.record = record
        self.core = core
        self.area = area
        self.failure = failure
        self.active = active
    }
}

/// A volume that might have been an installation and is not taken for one, with the reason.
package struct RejectedCandidate: Codable, Sendable, Hashable {
    package var volume: VolumeID
    package var name: String
    package var reason: String
    /// What it would be if it were taken for one: an old half is the only one left when its mirror is unplugged.
    package var installation: Installation?
    /// What is in it was not seen; nil where it was, or is nothing that a system lies on.
    package var isUnread: Bool?

    package init(
        volume: VolumeID, name: String, reason: String, installation: Installation? = nil,
        isUnread: Bool? = nil
    ) {
        self.volume = volume
        self.name = name
        self.reason = reason
        self.installation = installation
        self.isUnread = isUnread
    }
}
