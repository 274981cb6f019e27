import Storage

/// What a kernel may call a member of an array, at one boot or another: disks change places.
struct MemberNames: Sendable, Hashable {
    let names: Set<String>

    /// Nil for what the kernel does not number, such as a logical volume: its names are made elsewhere.
    init?(_ member: VolumeID, in storage: StorageMap) {
        guard let volume = storage.volume(member) else { return nil }
        let present = storage.names(of: volume).filter {
            $0.hasPrefix("/dev/") && !$0.hasPrefix("/dev/disk/")
        }
        let numbered: [KernelDiskName]
        if present.isEmpty {
            // Of an image, one name for each kind of disk that it may become.
            let partition = storage.disks.flatMap { $0.table?.partitions ?? [] }.first { $0.id == member }
            numbered = Self.firstDisks(of: storage).compactMap { disk in
                guard let partition else { return KernelDiskName(disk) }
                return KernelDiskName(
                    disk + (disk.last?.isNumber ?? false ? "p" : "") + "\(partition.number)")
            }
        } else {
            numbered = present.compactMap { KernelDiskName($0) }
        }
        if numbered.isEmpty { return nil }
        names = Set(present + numbered.flatMap { Self.places.map($0.moved) })
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
}

extension [MemberNames] {
    /// How many of them the patterns can match at once, each by a name of its own.
    func count(matchedBy patterns: NamePatterns) -> Int {
        let matches = map { patterns.matches(among: $0.names) }.filter { !$0.isEmpty }
        return Swift.min(matches.count, matches.reduce(into: Set()) { $0.formUnion($1) }.count)
    }
}
