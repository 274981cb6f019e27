import Bytes
import Storage

/// Disks, arrays and volume groups that came, went or grew.
extension Difference {
    var diskChanges: [String] {
        let kept = Set(disks.now.values)
        let gone = then.storage.disks.filter { disks.now[$0.id] == nil }
        let come = now.storage.disks.filter { !kept.contains($0.id) }
        var taken: Set<VolumeID> = []
        let new = come.map { disk in
            guard let old = gone.first(where: { $0.id == disk.id && !SameDisks.differ($0, disk) }) else {
                return "disk \(Self.name(disk)) is new"
            }
            taken.insert(old.id)
            return old.size == disk.size
                ? "disk \(Self.name(disk)) is another one, or was erased: nothing that was on it is there"
                : "disk \(Self.name(disk)) is another one: it had \(old.size) bytes and has \(disk.size)"
        }
        let emptied = now.storage.disks.filter { disks.emptied.contains($0.id) }.map {
            "disk \(Self.name($0)) holds nothing of what it held"
        }
        let lost = gone.filter { !taken.contains($0.id) }.map { "disk \(Self.name($0)) is gone" }
        return new + lost + emptied
    }

    private static func name(_ disk: Disk) -> String {
        (disk.serial ?? disk.wwid).map { "\(disk.id) (\($0))" } ?? disk.id.rawValue
    }

    var arrayChanges: [String] {
        let (old, new) = (then.storage, now.storage)
        let grown = new.arrays.compactMap { array -> String? in
            let before = old.arrays.first { $0.uuid.hexDigits == array.uuid.hexDigits }
            guard let before, before.members.count != array.members.count else { return nil }
            let had = Self.count(before.members.count, "member", "members")
            return "array \(Self.name(array, new)) had \(had) and has \(array.members.count)"
        }
        return Self.cameAndWent(
            "array", old.arrays.map { ($0.uuid.hexDigits, Self.name($0, old)) },
            new.arrays.map { ($0.uuid.hexDigits, Self.name($0, new)) }) + grown
    }

    private static func name(_ array: MDArray, _ storage: StorageMap) -> String {
        storage.volume(array.id)?.name ?? array.usualName
    }

    var groupChanges: [String] {
        let (old, new) = (then.storage.groups, now.storage.groups)
        let inside = new.flatMap { group in
            old.filter { $0.id == group.id }.flatMap { Self.changes(of: $0, to: group) }
        }
        return Self.cameAndWent("volume group", old.map { ($0.id, $0.name) }, new.map { ($0.id, $0.name) })
            + inside
    }

    private static func changes(of old: VolumeGroup, to new: VolumeGroup) -> [String] {
        // The group's own name is not theirs: one that is called anew does not rename them all.
        func volumes(_ group: VolumeGroup) -> [(id: String, name: String)] {
            group.logicalVolumes.filter(\.isVisible).map { ($0.id, "\(new.name)/\($0.name)") }
        }
        let (one, two) = (present(old), present(new))
        let had = count(one, "physical volume", "physical volumes")
        return cameAndWent("logical volume", volumes(old), volumes(new))
            + (one == two ? [] : ["volume group \(new.name) had \(had) and has \(two)"])
    }

    private static func present(_ group: VolumeGroup) -> Int {
        group.physicalVolumes.count { $0.device != nil }
    }

    // MARK: words

    /// What came, what went, and what goes by another name now.
    static func cameAndWent(
        _ what: String, _ old: [(id: String, name: String)], _ new: [(id: String, name: String)]
    ) -> [String] {
        let come = new.filter { one in !old.contains { $0.id == one.id } }
        let gone = old.filter { one in !new.contains { $0.id == one.id } }
        let renamed = new.compactMap { one in
            old.first { $0.id == one.id && $0.name != one.name }.map {
                "\(what) \($0.name) is called \(one.name) now"
            }
        }
        let replaced = Set(come.map(\.name)).intersection(gone.map(\.name))
        let new = come.map { one in
            "\(what) \(one.name) is " + (replaced.contains(one.name) ? "another one of that name" : "new")
        }
        let lost = gone.filter { !replaced.contains($0.name) }.map { "\(what) \($0.name) is gone" }
        return new + lost + renamed
    }

    /// "1 copy", "2 copies".
    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
