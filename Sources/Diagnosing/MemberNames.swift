import Glibc
import Storage

/// What a kernel may call a member of an array, at one boot or another: disks change places.
struct MemberNames: Sendable, Hashable {
    private let present: [String]
    /// Of an image, one name for each kind of disk that it may become.
    private let numbered: [String]

    /// Nil for what the kernel does not number, such as a logical volume: its names are made elsewhere.
    init?(_ member: VolumeID, in storage: StorageMap) {
        guard let volume = storage.volume(member) else { return nil }
        let names = storage.names(of: volume).filter { $0.hasPrefix("/dev/") }
        present = names.filter { !$0.hasPrefix("/dev/disk/") }
        if present.isEmpty {
            let partition = storage.disks.flatMap { $0.table?.partitions ?? [] }.first { $0.id == member }
            numbered = Self.firstDisks(of: storage).map { disk in
                guard let partition else { return disk }
                return disk + (disk.last?.isNumber ?? false ? "p" : "") + "\(partition.number)"
            }
        } else {
            numbered = present.filter { KernelDiskName($0) != nil }
        }
        if numbered.isEmpty { return nil }
    }

    private static let firstDisks = [
        "/dev/sda", "/dev/vda", "/dev/hda", "/dev/xvda", "/dev/nvme0n1", "/dev/mmcblk0",
    ]

    // LVM's metadata keeps the names under which it saw its physical volumes last: those of the machine's kind of disks.
    private static func firstDisks(of storage: StorageMap) -> [String] {
        let hints = storage.groups.flatMap(\.physicalVolumes).compactMap(\.hint)
        let known = firstDisks.filter { disk in
            hints.contains { $0.hasPrefix(disk.prefix("/dev/sd".count)) && KernelDiskName($0) != nil }
        }
        return known.isEmpty ? firstDisks : known
    }

    /// More than any machine's disks that hold a system.
    private static let places = 0..<128

    /// Of its names, those that one of the patterns matches as mdadm does it (config.c, conf_test_dev).
    func matches(_ patterns: [String]) -> Set<String> {
        let moved = numbered.compactMap { KernelDiskName($0) }.flatMap { Self.places.map($0.moved) }
        return Set(present + moved).filter { name in
            patterns.contains { fnmatch($0, name, FNM_PATHNAME) == 0 }
        }
    }
}

extension [MemberNames] {
    /// Each can be matched, and by a name of its own.
    func areMatched(by patterns: [String]) -> Bool {
        let matches = map { $0.matches(patterns) }
        return !isEmpty && !matches.contains([])
            && matches.reduce(into: Set()) { $0.formUnion($1) }.count >= count
    }

    /// Whether the words of DEVICE lines keep mdadm from one of them. Names that only udev gives may be anybody's, and
    /// words that are neither a path nor a keyword count for nothing (config.c, devline).
    func areHidden(by words: [String]) -> Bool {
        let patterns = words.filter { $0.hasPrefix("/") }
        let isAny = words.contains { ["partitions", "containers"].contains($0.lowercased()) }
        guard !isEmpty, !patterns.isEmpty, !isAny, patterns.allSatisfy(Self.isKernelName) else {
            return false
        }
        return !areMatched(by: patterns)
    }

    private static func isKernelName(_ pattern: String) -> Bool {
        guard !pattern.dropFirst("/dev/".count).contains("/") else { return false }
        let stem = String(pattern.prefix { !#"*?[\"#.contains($0) })
        return kinds.contains { $0.hasPrefix(stem) || stem.hasPrefix($0) }
    }

    private static var kinds: [String] {
        ["sd", "vd", "hd", "xvd", "nvme", "mmcblk", "md", "dm-", "loop", "null"].map { "/dev/" + $0 }
    }
}
