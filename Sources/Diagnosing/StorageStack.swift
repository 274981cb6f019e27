import Storage

/// The layers under a volume, from the volume itself down to partitions: what an initramfs must be able to open.
package struct StorageStack: Sendable, Hashable {
    package var arrays: [MDArray] = []
    package var logicalVolumes: [LogicalVolumeInGroup] = []
    package var containers: [VolumeID] = []
    /// `TYPE` of the filesystem on top.
    package var filesystem: String?

    /// The kernel's module for it, which an initramfs has to hold; nil where none is known to.
    package var filesystemModule: String? {
        switch filesystem {
        case "ext2", "ext3", "ext4": "ext4"
        case "xfs", "btrfs": filesystem
        default: nil
        }
    }

    package struct LogicalVolumeInGroup: Sendable, Hashable {
        package var group: VolumeGroup
        package var volume: LogicalVolume
    }

    package init(under top: VolumeID, in map: StorageMap) {
        filesystem = map.volume(top)?.signature?.type
        var pending = map.spread(of: top)
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

    /// raid1, mirror, … of the logical volumes under it and of those that they are made of; snapshot where one has any.
    package var segmentTypes: Set<String> {
        Set(logicalVolumes.flatMap { $0.group.segmentTypes(under: $0.volume) })
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
        let segments = top.group.volumes(under: top.volume).flatMap(\.segments)
        let names = Set(segments.flatMap(\.stripes).map(\.physicalVolume))
        return top.group.physicalVolumes.filter { names.contains($0.name) }
    }
}

extension VolumeGroup {
    /// A logical volume and the sub-volumes that it is made of.
    fileprivate func volumes(under top: LogicalVolume) -> [LogicalVolume] {
        var volumes: [LogicalVolume] = []
        var pending = [top]
        var seen: Set<String> = []
        while let volume = pending.popLast() {
            guard seen.insert(volume.name).inserted else { continue }
            volumes.append(volume)
            for segment in volume.segments {
                pending += (segment.images + segment.metadata).compactMap(logicalVolume)
                pending += segment.stripes.compactMap { logicalVolume($0.physicalVolume) }
            }
        }
        return volumes
    }

    // What is cached lies in a sub-volume of a name made of its own (lib/metadata/cache_manip.c, writecache_manip.c). An
    // origin says nothing of its snapshots, and is activated together with them.
    fileprivate func segmentTypes(under top: LogicalVolume) -> [String] {
        let origins = ["_corig", "_wcorig"].compactMap { logicalVolume(top.name + $0) }
        let types = ([top] + origins).flatMap { volumes(under: $0) }.flatMap(\.segments).map(\.type)
        let hasSnapshots = logicalVolumes.flatMap(\.segments).contains { segment in
            segment.type == "snapshot" && (segment.images + segment.metadata).contains(top.name)
        }
        return types + (hasSnapshots ? ["snapshot"] : [])
    }
}
