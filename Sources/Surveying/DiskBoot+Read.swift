import BootFiles
import Machine
import Storage

extension DiskBoot {
    /// On GPT disks the core image lies in a partition of this type (partmap/gpt.c).
    private static let biosBootType = "21686148-6449-6e6f-744e-656564454649"

    /// Reads the boot record of a disk, the core image that it leads to, and which symbols that lacks for the modules
    /// of the GRUB directory it leads to.
    static func read(_ disk: Disk, from source: some ByteSource, _ destinations: CoreDestinations) -> DiskBoot
    {
        var boot = DiskBoot(disk: disk.id, record: nil, area: area(of: disk))
        do throws(SystemError) {
            let sector = try source.read(at: 0, count: 512)
            guard sector.count == 512 else {
                boot.failure = "cannot read '\(disk.id)': it ends before its first sector does"
                return boot
            }
            let record = BootRecord(parsing: sector)
            boot.record = record
            boot.core = try core(of: record, on: disk, from: source, destinations)
            if case .foreign = record.code { boot.active = try active(of: disk, from: source, destinations) }
        } catch { boot.failure = error.description }
        return boot
    }

    private static func core(
        of record: BootRecord, on disk: Disk, from source: some ByteSource, _ destinations: CoreDestinations
    ) throws(SystemError) -> CoreImage? {
        guard case .grub(let start) = record.code else { return nil }
        // Only the unpacked core says where it leads, and unpacking takes the time: so it is checked against the
        // modules it most likely leads to, and again only where that was wrong.
        let guess = destinations.likely
        let core = try CoreImage.read(from: source, at: start, modules: guess?.modules)
        let destination = destinations.destination(of: core, on: disk)
        guard destination != guess else { return core }
        return try CoreImage.read(from: source, at: start, modules: destination?.modules)
    }

    // A generic boot record loads the first sector of the partition whose active flag is set. GRUB's boot.img has the
    // core's sector counted from the start of the disk there too (util/setup.c adds the start of the partition).
    private static func active(
        of disk: Disk, from source: some ByteSource, _ destinations: CoreDestinations
    ) throws(SystemError) -> ActivePartition? {
        let partitions = (disk.table?.partitions ?? []).filter(\.isActive)
        guard partitions.count == 1, let partition = partitions.first, partition.start < source.size else {
            return nil
        }
        let record = BootRecord(parsing: try source.read(at: partition.start, count: 512))
        let core = try core(of: record, on: disk, from: source, destinations)
        return ActivePartition(partition: partition.id, record: record, core: core)
    }

    private static func area(of disk: Disk) -> Area? {
        guard let table = disk.table else { return nil }
        let area: EmbeddingArea?
        if table.type == "gpt" {
            area = table.partitions.first { $0.type.lowercased() == biosBootType }
                .map { EmbeddingArea.biosBoot(at: $0.start, length: $0.size) }
        } else {
            area = table.partitions.map(\.start).min().flatMap { EmbeddingArea.gap(beforePartitionAt: $0) }
        }
        return area.map { Area(start: $0.start, length: $0.length) }
    }
}

/// Finds the GRUB directory that a core image leads to, among those that were looked at.
struct CoreDestinations: Sendable {
    /// A GRUB directory with modules.
    struct Destination: Sendable, Hashable {
        var volume: VolumeID
        /// From the top of its filesystem: "/@/boot/grub2".
        var path: String
        /// From the default subvolume of a btrfs: "/boot/grub2".
        var relativePath: String
        /// What these ask of a core image.
        var modules: GrubModules

        static func == (one: Self, other: Self) -> Bool {
            one.volume == other.volume && one.path == other.path
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(volume)
            hasher.combine(path)
        }
    }

    private let storage: StorageMap
    private let all: [Destination]

    init(storage: StorageMap, readings: [BootDirectory.Reading]) {
        self.storage = storage
        all = readings.compactMap { reading in
            guard reading.half == nil, let grub = reading.directory.grub, let modules = reading.modules else {
                return nil
            }
            let directory = reading.directory
            return Destination(
                volume: directory.volume, path: "\(directory.grubPath(isRelative: false))/\(grub.directory)",
                relativePath: "\(directory.grubPath(isRelative: true))/\(grub.directory)", modules: modules)
        }
    }

    /// Nearly every machine has but one.
    var likely: Destination? { all.first }

    func destination(of core: CoreImage, on disk: Disk) -> Destination? {
        guard let target = core.target else { return nil }
        let volumes = Set(volumes(target, on: disk))
        return all.first {
            volumes.contains($0.volume) && (core.isRelative ? $0.relativePath : $0.path) == core.directory
        }
    }

    private func volumes(_ target: CoreImage.Target, on disk: Disk) -> [VolumeID] {
        switch target {
        case .array(let digits):
            return storage.arrays.filter { $0.uuid.filter(\.isHexDigit).lowercased() == digits }.map(\.id)
        case .logicalVolume(let group, let volume):
            return storage.groups.filter { $0.id == group }.flatMap { group in
                group.logicalVolumes.filter { $0.id == volume }.compactMap { logical in
                    storage.volume(named: "/dev/\(group.name)/\(logical.name)")?.id
                }
            }
        case .container(let digits):
            return storage.volumes.map(\.id).filter {
                storage.volume(holding: $0)?.signature?.uuid?.hexDigits == digits
            }
        case .filesystem(let uuid):
            return storage.volumes(uuid: uuid).map(\.id)
        case .label(let label):
            return storage.volumes(label: label).map(\.id)
        case .partition(_, let number), .drive(0, _, let number):
            let partitions = (disk.table?.partitions ?? []).filter { $0.number == number }.map(\.id)
            // A member whose data begins where the partition does is read by GRUB as the filesystem itself.
            let arrays = storage.arrays.filter { array in
                array.members.contains { partitions.contains($0.device) && $0.superblock.dataOffset == 0 }
            }
            return partitions + arrays.map(\.id)
        case .drive, .other:
            return []
        }
    }
}
