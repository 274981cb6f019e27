import Storage

/// Which disk of an earlier survey is which of a later one: kernel names move between boots, and a disk may take the
/// name of one that failed.
struct SameDisks {
    /// What a disk that was there then is called now; none where it is gone.
    private(set) var now: [VolumeID: VolumeID] = [:]
    /// Disks of now that hold nothing of what they held.
    private(set) var emptied: Set<VolumeID> = []
    private let before: StorageMap
    private let after: StorageMap

    init(_ before: StorageMap, _ after: StorageMap) {
        self.before = before
        self.after = after
        let held = before.uniqueMarks
        let holds = after.disks.reduce(into: [VolumeID: Set<String>]()) { $0[$1.id] = after.marks(of: $1) }
        func keepsMark(_ one: Disk, _ other: Disk) -> Bool {
            !(held[one.id] ?? []).isDisjoint(with: holds[other.id] ?? [])
        }
        let signs: [(Disk, Disk) -> Bool] = [
            { $0.serial != nil && $0.serial == $1.serial && $0.wwid == $1.wwid },
            { $0.serial != nil && $0.serial == $1.serial },
            { $0.wwid != nil && $0.wwid == $1.wwid && !Self.differ($0, $1) },
            { keepsMark($0, $1) && !Self.differ($0, $1) },
        ]
        for sign in signs {
            // Of several, such as clones, the one that kept its name.
            pair { $0.id == $1.id && sign($0, $1) }
            pair(sign)
        }
        // What had no mark was put to use since; of what cannot be read nothing is known.
        pair { one, other in
            let isUnread = !before.isRead(one) || !after.isRead(other)
            let mayBe = isUnread || (held[one.id] ?? []).isEmpty && one.size == other.size
            return one.id == other.id && mayBe && !Self.differ(one, other)
        }
        for (old, disk) in now {
            let marks = held[old] ?? []
            let heldMore = marks.contains { !$0.hasPrefix(StorageMap.ofTable) }
            let isRead = after.disk(disk).map { after.isRead($0) } ?? false
            if heldMore, isRead, marks.isDisjoint(with: holds[disk] ?? []) { emptied.insert(disk) }
        }
    }

    private mutating func pair(_ isSame: (Disk, Disk) -> Bool) {
        for disk in after.disks where !now.values.contains(disk.id) {
            let old = before.disks.first { now[$0.id] == nil && isSame($0, disk) }
            if let old { now[old.id] = disk.id }
        }
    }

    /// Their numbers say that they are two.
    static func differ(_ one: Disk, _ other: Disk) -> Bool {
        if let serial = one.serial, let own = other.serial { return serial != own }
        if let wwid = one.wwid, let own = other.wwid { return wwid != own }
        return false
    }

    /// What a volume of then is called now, where it is a disk or a partition and its disk has another name.
    func nameNow(_ volume: Volume) -> String {
        let old = before.disks.first { $0.holds(volume.id) }
        guard let old, let disk = now[old.id].flatMap({ after.disk($0) }) else { return volume.name }
        guard let number = old.table?.partitions.first(where: { $0.id == volume.id })?.number else {
            return after.volume(disk.id)?.name ?? volume.name
        }
        let partition = disk.table?.partitions.first { $0.number == number }
        return partition.flatMap { after.volume($0.id) }?.name ?? volume.name
    }
}

extension StorageMap {
    /// Nothing on it failed to be read.
    func isRead(_ disk: Disk) -> Bool {
        let places = [disk.id] + (disk.table?.partitions.map(\.id) ?? [])
        return disk.failure == nil && places.allSatisfy { volume($0)?.failure == nil }
    }

    /// What tells each disk from all others. `sfdisk -d | sfdisk` gives two disks one table UUID, and `dd` an ESP that of
    /// another: neither tells anything then.
    fileprivate var uniqueMarks: [VolumeID: Set<String>] {
        let all = disks.map { (disk: $0.id, marks: marks(of: $0)) }
        let counts = all.flatMap(\.marks).reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        return all.reduce(into: [:]) { $0[$1.disk] = $1.marks.filter { counts[$0] == 1 } }
    }

    fileprivate static let ofTable = "table "

    /// The UUIDs of a disk's table and of what lies on it: of a member its own, not its array's.
    fileprivate func marks(of disk: Disk) -> Set<String> {
        var marks: Set<String> = []
        if let uuid = disk.table?.uuid { marks.insert(Self.ofTable + uuid) }
        for place in [disk.id] + (disk.table?.partitions.map(\.id) ?? []) {
            let member = arrays.flatMap(\.members).first { $0.device == place }
            let signature = volume(place)?.signature
            let isMember = member != nil || signature?.type == "linux_raid_member"
            let own = [
                member?.superblock.deviceUUID, isMember ? nil : signature?.uuid, signature?.subUUID,
            ]
            marks.formUnion(own.compactMap { $0?.lowercased() })
        }
        return marks
    }
}
