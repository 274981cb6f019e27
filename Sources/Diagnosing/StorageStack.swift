import Storage

/// The layers under a volume, from the volume itself down to partitions: what an initramfs must be able to open.
package struct StorageStack: Sendable, Hashable {
    package var arrays: [MDArray] = []
    package var logicalVolumes: [LogicalVolumeInGroup] = []
    package var containers: [VolumeID] = []
    /// `TYPE` of the filesystem on top.
    package var filesystem: String?

    package struct LogicalVolumeInGroup: Sendable, Hashable {
        package var group: VolumeGroup
        package var volume: LogicalVolume
    }

    package init(under top: VolumeID, in map: StorageMap) {
        filesystem = map.volume(top)?.signature?.type
        var pending = [top]
        var seen: Set<VolumeID> = []
        while let id = pending.popLast() {
            guard seen.insert(id).inserted else { continue }
            if let array = map.array(id) {
                arrays.append(array)
                pending += array.members.map(\.device)
            } else if let found = map.logicalVolume(id) {
                logicalVolumes.append(found)
                pending += map.physicalVolumes(under: found).compactMap(\.device)
            } else if map.volume(id)?.kind == .container {
                containers.append(id)
                pending += map.volumes.filter { $0.kind != .container && $0.signature?.type == "crypto_LUKS" }
                    .filter { "luks:" + ($0.signature?.uuid ?? "") == id.rawValue }.map(\.id)
            }
        }
    }

    /// raid1, mirror, … of the logical volumes under it.
    package var segmentTypes: Set<String> {
        Set(logicalVolumes.flatMap { $0.volume.segments.map(\.type) })
    }
}

extension StorageMap {
    /// The logical volume that a volume id stands for.
    package func logicalVolume(_ id: VolumeID) -> StorageStack.LogicalVolumeInGroup? {
        guard id.rawValue.hasPrefix("lv:") else { return nil }
        for group in groups {
            // The longer form stands where two groups share a name.
            let places = ["lv:\(group.name)", "lv:\(group.name)@\(group.id)"]
            for volume in group.logicalVolumes
            where places.contains(where: { "\($0)/\(volume.name)" == id.rawValue }) {
                return .init(group: group, volume: volume)
            }
        }
        return nil
    }

    /// The PVs that hold any part of a logical volume, sub-volumes followed.
    package func physicalVolumes(under top: StorageStack.LogicalVolumeInGroup) -> [PhysicalVolume] {
        var names: Set<String> = []
        var pending = [top.volume]
        var seen: Set<String> = []
        while let volume = pending.popLast() {
            guard seen.insert(volume.name).inserted else { continue }
            for segment in volume.segments {
                names.formUnion(segment.stripes.map(\.physicalVolume))
                pending += (segment.images + segment.metadata).compactMap(top.group.logicalVolume)
                pending += segment.stripes.compactMap { top.group.logicalVolume($0.physicalVolume) }
            }
        }
        return top.group.physicalVolumes.filter { names.contains($0.name) }
    }
}
