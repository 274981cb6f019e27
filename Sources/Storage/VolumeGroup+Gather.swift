extension VolumeGroup {
    /// The volume groups that the physical volumes found describe, and the physical volumes that are in none.
    ///
    /// The text with the highest seqno wins, as in LVM; what others say is kept as outdated.
    static func gather(
        _ found: [(device: VolumeID, found: FoundPhysicalVolume)]
    ) -> (groups: [VolumeGroup], strays: [PhysicalVolume]) {
        // Highest seqno first; the device's name settles a draw.
        let found = found.sorted { one, other in
            let seqnos = (one.found.group?.seqno ?? -1, other.found.group?.seqno ?? -1)
            return seqnos.0 == seqnos.1 ? one.device < other.device : seqnos.0 > seqnos.1
        }
        var groups: [VolumeGroup] = []
        for text in found.compactMap(\.found.group) {
            if let index = groups.firstIndex(where: { $0.id == text.id }) {
                groups[index].addOutdated(text)
            } else {
                groups.append(text)
            }
        }
        groups.sort { ($0.name, $0.id) < ($1.name, $1.id) }
        var taken: Set<VolumeID> = []
        for group in groups.indices {
            for index in groups[group].physicalVolumes.indices {
                let uuid = groups[group].physicalVolumes[index].uuid
                let here = found.filter { $0.found.uuid == uuid }
                groups[group].physicalVolumes[index].place(here)
                taken.formUnion(here.map(\.device))
            }
        }
        let strays = found.filter { !taken.contains($0.device) }.sorted { $0.device < $1.device }
        return (groups, strays.map { PhysicalVolume(stray: $0.found, on: $0.device) })
    }

    private mutating func addOutdated(_ text: VolumeGroup) {
        // No device is entered yet, so texts that say the same are equal.
        var newest = self
        newest.outdated = []
        if text != newest && !outdated.contains(text) { outdated.append(text) }
    }
}

extension PhysicalVolume {
    /// Enters the devices on which its label was found, the one with the newest metadata first.
    fileprivate mutating func place(_ here: [(device: VolumeID, found: FoundPhysicalVolume)]) {
        guard let first = here.first else { return }
        device = first.device
        seqno = first.found.group?.seqno
        failure = first.found.failure
        duplicates = here.dropFirst().map(\.device)
    }

    fileprivate init(stray found: FoundPhysicalVolume, on device: VolumeID) {
        // With metadata of its own, it is one that its group no longer counts.
        let outcast = found.group.map { "volume group \($0.name) no longer counts it" }
        self.init(
            name: "", uuid: found.uuid, device: device, dataStart: found.dataStart, seqno: found.group?.seqno,
            failure: found.failure ?? outcast)
    }
}
