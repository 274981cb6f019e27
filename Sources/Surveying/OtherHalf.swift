import Storage

/// What a mirror's half holds that is not the one read: where halves differ in age, they differ in files.
///
/// With the newer half unplugged, this is what boots.
package struct OtherHalf: Codable, Sendable, Hashable {
    package var volume: VolumeID
    /// The disks this half lies on.
    package var disks: [VolumeID]
    package var bootDirectories: [BootDirectory]
    package var installations: [Installation]

    package init(
        volume: VolumeID, disks: [VolumeID], bootDirectories: [BootDirectory] = [],
        installations: [Installation] = []
    ) {
        self.volume = volume
        self.disks = disks
        self.bootDirectories = bootDirectories
        self.installations = installations
    }
}

extension Volume {
    /// The copies whose files may differ from those of the best one: out of date, or with a claim of their own.
    var otherHalves: [Copy] {
        guard let best = bestCopy, copies.count > 1 else { return [] }
        return copies.filter { $0 != best && !($0.currency == .current && best.currency == .current) }
    }

    /// The volume as if this copy were all of it.
    func reduced(to copy: Copy) -> Volume {
        var volume = self
        volume.copies = [copy]
        volume.node = nil
        volume.signature = copy.signature
        volume.log = copy.log
        volume.hasOrphans = copy.hasOrphans
        volume.failure = copy.failure
        return volume
    }
}

extension Survey {
    /// Puts the files of the half that is now the best in the place of those that were read from one that is gone.
    mutating func takeOtherHalves(insteadOf before: StorageMap) {
        for volume in storage.volumes {
            guard let best = volume.bestCopy, let old = before.volume(volume.id)?.bestCopy,
                best.disks != old.disks
            else { continue }
            let index = otherHalves.firstIndex { $0.volume == volume.id && Set($0.disks) == best.disks }
            guard let index else { continue }
            let half = otherHalves.remove(at: index)
            bootDirectories.removeAll { $0.volume == volume.id }
            bootDirectories += half.bootDirectories
            installations.removeAll { $0.root == volume.id }
            installations += half.installations
        }
        // A half that lost one of its disks is none; nor is one without another beside it.
        otherHalves.removeAll { half in
            let copies = storage.volume(half.volume)?.otherHalves ?? []
            return !copies.contains { $0.disks == Set(half.disks) }
        }
        let order = storage.order
        bootDirectories = bootDirectories.enumerated().sorted {
            (order[$0.element.volume] ?? .max, $0.offset) < (order[$1.element.volume] ?? .max, $1.offset)
        }.map(\.element)
    }
}

extension StorageMap {
    /// The place of each volume, for lists in one order.
    var order: [VolumeID: Int] {
        Dictionary(volumes.enumerated().map { ($1.id, $0) }) { first, _ in first }
    }
}
