extension StorageMap {
    /// The map as it would be with this disk unplugged.
    ///
    /// It is put together by the same rules as the map of a machine that never had the disk, from what was read. A map
    /// that these rules did not make, such as one written by hand, loses what lies on the disk and keeps the rest.
    package func without(_ disk: VolumeID) -> StorageMap {
        let known = KnownContents(self)
        let isAssembled = reassembled(without: nil, known) == self
        var map = isAssembled ? reassembled(without: disk, known) : stripped(of: disk)
        // Behind the last disk there is none that moves up.
        if let name = KernelDiskName(disk.rawValue),
            map.disks.contains(where: { KernelDiskName($0.id.rawValue)?.isBehind(name) ?? false })
        {
            map.vacated.insert(name)
        }
        return map
    }

    private func reassembled(without disk: VolumeID?, _ known: KnownContents) -> StorageMap {
        let gone = disk.map(pulledOut) ?? []
        var map = Assembly.map(
            disks: disks.filter { $0.id != disk },
            base: volumes.filter { ($0.kind == .disk || $0.kind == .partition) && !gone.contains($0.id) },
            opened: volumes.filter { $0.kind == .container && $0.unmapped == nil }, running: running,
            contents: known)
        map.vacated = vacated
        return map
    }

    /// The disk and its partitions.
    private func pulledOut(_ disk: VolumeID) -> Set<VolumeID> {
        let partitions = self.disk(disk)?.table?.partitions.map(\.id) ?? []
        return Set([disk] + partitions)
    }

    private var running: RunningDevices {
        var running = RunningDevices()
        for array in arrays {
            guard let node = array.node else { continue }
            let activity = array.activity ?? MDActivity()
            running.arrays.append(
                RunningDevices.Array(
                    node: node, uuid: array.uuid, members: Set(activity.members.keys.map { "/dev/\($0)" }),
                    activity: activity))
        }
        for group in groups {
            for logical in group.logicalVolumes {
                guard
                    let path = volumes.first(where: { $0.name == "/dev/\(group.name)/\(logical.name)" })?.node
                else {
                    continue
                }
                running.mapped.append(
                    RunningDevices.Mapped(
                        node: path, group: group.id, volume: logical.id, raidStatus: logical.raidStatus))
            }
        }
        return running
    }

    private func stripped(of disk: VolumeID) -> StorageMap {
        var map = self
        var gone = pulledOut(disk)
        map.disks.removeAll { $0.id == disk }
        // Layer by layer: an array without a member, a group without a physical volume, and what lies on them.
        for index in map.arrays.indices {
            map.arrays[index].members.removeAll { gone.contains($0.device) }
            if map.arrays[index].members.isEmpty && !arrays[index].members.isEmpty {
                gone.insert(map.arrays[index].id)
            }
        }
        map.arrays.removeAll { gone.contains($0.id) }
        for index in map.groups.indices {
            let had = map.groups[index].physicalVolumes.contains { $0.device != nil }
            for position in map.groups[index].physicalVolumes.indices {
                map.groups[index].physicalVolumes[position].leave(gone)
            }
            let has = map.groups[index].physicalVolumes.contains { $0.device != nil }
            if had && !has { gone.insert(VolumeID("vg:\(map.groups[index].id)")) }
        }
        let lost = map.groups.filter { gone.contains(VolumeID("vg:\($0.id)")) }
        map.groups.removeAll { group in lost.contains { $0.id == group.id } }
        map.strayPhysicalVolumes.removeAll { $0.device.map(gone.contains) ?? false }
        map.volumes.removeAll { volume in
            gone.contains(volume.id) || lost.contains { volume.id.rawValue.hasPrefix("lv:\($0.name)/") }
        }
        for index in map.volumes.indices { map.volumes[index].lose(disk, map) }
        return map
    }
}

extension PhysicalVolume {
    fileprivate mutating func leave(_ gone: Set<VolumeID>) {
        duplicates.removeAll(where: gone.contains)
        guard let old = device, gone.contains(old) else { return }
        device = duplicates.first
        duplicates = Array(duplicates.dropFirst())
        if device == nil { seqno = nil }
    }
}

extension Volume {
    fileprivate mutating func lose(_ disk: VolumeID, _ map: StorageMap) {
        guard copies.contains(where: { $0.disks.contains(disk) }) else { return }
        copies.removeAll { $0.disks.contains(disk) }
        if copies.isEmpty { unmapped = "its disk \(disk) is not there" }
        guard let array = map.array(id), array.members.count == copies.count else { return }
        // Out of date is relative: without the newer half, the older is the newest there is.
        for (index, judgement) in MDArray.judge(array.members).enumerated() {
            copies[index].currency = judgement.currency
            copies[index].reason = judgement.reason
        }
    }
}
