/// Works out arrays, volume groups and everything on them from what the disks and partitions hold.
///
/// Nothing is assembled: this is arithmetic over values. What a copy holds is asked of `contents`, which reads it, or
/// knows it from an earlier map; so the same rules make the map of a machine and that of the machine less one disk.
struct Assembly<Source: Contents> {
    private var contents: Source
    private let disks: [Disk]
    /// Opened containers that may be used, once the volume they were opened from is found.
    private let opened: [VolumeID: Volume]
    private let running: RunningDevices

    private var order: [VolumeID] = []
    private var volumes: [VolumeID: Volume] = [:]
    private var superblocks: [VolumeID: MDSuperblock] = [:]
    private var physicalVolumes: [VolumeID: FoundPhysicalVolume] = [:]
    private var arrays: [MDArray] = []
    private var groups: [VolumeGroup] = []
    private var strays: [PhysicalVolume] = []
    private var formerVolumes: [Volume] = []

    // MD under LUKS under LVM is three; each round finds one more layer.
    private static var mostRounds: Int { 8 }

    /// The map of `disks`, given the volumes that are simply there: the disks and their partitions.
    static func map(
        disks: [Disk], base: [Volume], opened: [Volume] = [], running: RunningDevices = RunningDevices(),
        contents: Source
    ) -> StorageMap {
        var assembly = Assembly(disks: disks, opened: opened, running: running, contents: contents)
        return assembly.settle(base)
    }

    private init(disks: [Disk], opened: [Volume], running: RunningDevices, contents: Source) {
        self.disks = disks
        self.opened = Dictionary(opened.map { ($0.id, $0) }) { first, _ in first }
        self.running = running
        self.contents = contents
    }

    private mutating func settle(_ base: [Volume]) -> StorageMap {
        for volume in base { add(volume) }
        var layers: [[Volume]] = []
        for _ in 0..<Self.mostRounds {
            let new = [arrayVolumes(), logicalVolumes(), containers()]
            guard new != layers else { break }
            layers = new
            for volume in new.joined() { add(volume) }
        }
        return StorageMap(
            disks: disks,
            volumes: (order.prefix(base.count) + layers.joined().map(\.id)).compactMap { volumes[$0] },
            arrays: arrays, groups: groups, strayPhysicalVolumes: strays, formerVolumes: formerVolumes)
    }

    /// Takes a volume in with what its copies hold.
    private mutating func add(_ volume: Volume) {
        var (volume, content) = filled(volume)
        if let content { note(content, on: &volume) }
        if volumes[volume.id] == nil { order.append(volume.id) }
        volumes[volume.id] = volume
    }

    /// The volume with what each of its copies holds, and what the best of them does.
    private mutating func filled(_ volume: Volume) -> (volume: Volume, content: Content?) {
        var volume = volume
        var best: (content: Content, rank: Int)?
        for index in volume.copies.indices {
            let content = contents.content(of: volume.copies[index].pieces, named: volume.name)
            volume.copies[index].take(content)
            let rank = volume.copies[index].currency.rank
            if rank < best?.rank ?? .max { best = (content, rank) }
        }
        guard let content = best?.content ?? throughNode(volume) else { return (volume, nil) }
        volume.signature = content.signature
        volume.log = content.log
        volume.hasOrphans = content.hasOrphans
        volume.failure = content.failure ?? volume.failure
        return (volume, content)
    }

    // A stripe, a thin volume or a raid5 that runs: the kernel puts together what bootmend does not.
    private mutating func throughNode(_ volume: Volume) -> Content? {
        guard volume.copies.isEmpty, volume.kind == .array || volume.kind == .logicalVolume,
            let node = volume.node
        else {
            return nil
        }
        return contents.content(of: volume.id, through: node)
    }

    /// Notes superblocks and labels, where the kernel and LVM would look for them.
    private mutating func note(_ content: Content, on volume: inout Volume) {
        let partitions = disks.first { $0.id == volume.id }?.table?.partitions ?? []
        // Formats 0.90 and 1.0 count from the end: that of the last partition shows on the whole disk too.
        let isOfPartition = content.superblocks.contains { superblock in
            partitions.contains { $0.start <= superblock.offset && superblock.offset - $0.start < $0.size }
        }
        if isOfPartition && volume.signature?.type == "linux_raid_member" {
            volume.signature = nil
            for index in volume.copies.indices { volume.copies[index].signature = nil }
        }
        // On a disk with partitions any other superblock is a remainder of an earlier use, unless the kernel runs it:
        // then it is the table that belongs to the array.
        let runs = volume.node.map { node in running.arrays.contains { $0.members.contains(node) } } ?? false
        guard partitions.isEmpty || runs else { return }
        // A damaged superblock counts where there is nothing else; libblkid goes by its magic number alone.
        let whole = content.superblocks.filter(\.checksumHolds)
        let isNothingElse = content.signature.map { $0.type == "linux_raid_member" } ?? true
        superblocks[volume.id] = MDSuperblock.best(
            of: whole.isEmpty && isNothingElse ? content.superblocks : whole)
        // LVM looks neither into members nor, unless told otherwise, into its own volumes.
        guard superblocks[volume.id] == nil, volume.kind != .logicalVolume else { return }
        physicalVolumes[volume.id] = content.physicalVolume
    }

    // MARK: arrays

    private mutating func arrayVolumes() -> [Volume] {
        let members = order.compactMap { id in superblocks[id].map { MDMember(device: id, superblock: $0) } }
        let sets = Dictionary(grouping: members, by: \.superblock.arrayUUID)
        arrays = sets.keys.sorted().compactMap { uuid in array(uuid, sets[uuid] ?? []) }
        return arrays.map(volume)
    }

    private func array(_ uuid: String, _ members: [MDMember]) -> MDArray? {
        let id = VolumeID("md:\(uuid)")
        let members = members.filter { $0.device != id }.sorted { one, other in
            (one.superblock.slot ?? .max, one.device) < (other.superblock.slot ?? .max, other.device)
        }
        guard let newest = MDArray.newest(of: members) else { return nil }
        let nodes = Set(members.compactMap { volumes[$0.device]?.node })
        let now = running.array(uuid: uuid, members: nodes)
        return MDArray(
            id: id, uuid: uuid, name: newest.name, level: newest.level, raidDisks: newest.raidDisks,
            version: newest.version, minor: newest.minor, members: members, node: now?.node,
            activity: now?.activity)
    }

    private func volume(of array: MDArray) -> Volume {
        var volume = Volume(
            id: array.id, kind: .array, name: array.usualName, node: array.node, size: array.size)
        switch array.copies(over: volumes) {
        case .copies(let copies): volume.copies = copies
        case .unmapped(let reason): volume.unmapped = reason
        }
        return volume
    }

    // MARK: volume groups

    private mutating func logicalVolumes() -> [Volume] {
        let found = order.compactMap { id in physicalVolumes[id].map { (device: id, found: $0) } }
        (groups, strays) = VolumeGroup.gather(found)
        formerVolumes = []
        var result: [Volume] = []
        for index in groups.indices {
            groups[index] = withRaidSuperblocks(groups[index])
            for position in groups[index].logicalVolumes.indices
            where groups[index].logicalVolumes[position].isVisible {
                groups[index].logicalVolumes[position].raidStatus =
                    running.mapped(
                        group: groups[index].id, volume: groups[index].logicalVolumes[position].id)?
                    .raidStatus
            }
            result += logicalVolumes(of: groups[index])
            for position in groups[index].outdated.indices {
                let text = groups[index].outdated[position]
                // As it would be with only those physical volumes that still say this.
                guard let carried = VolumeGroup.gather(found.filter { $0.found.group == text }).groups.first
                else {
                    continue
                }
                let former = withRaidSuperblocks(carried)
                groups[index].outdated[position].logicalVolumes = former.logicalVolumes
                formerVolumes += logicalVolumes(of: former).map { filled($0).volume }
            }
        }
        return result
    }

    private func logicalVolumes(of group: VolumeGroup) -> [Volume] {
        let isNamesake = groups.contains { $0.name == group.name && $0.id != group.id }
        let mapping = LogicalVolumeMapping(group: group, volumes: volumes)
        return group.logicalVolumes.filter(\.isVisible).map { logical in
            // Two groups of one name are told apart by their ids.
            let id = VolumeID("lv:\(group.name)\(isNamesake ? "@" + group.id : "")/\(logical.name)")
            var volume = Volume(
                id: id, kind: .logicalVolume,
                name: LogicalVolumeName(group: group.name, volume: logical.name).path,
                node: running.mapped(group: group.id, volume: logical.id)?.node,
                size: mapping.size(of: logical))
            switch mapping.copies(of: logical) {
            case .copies(let copies): volume.copies = copies
            case .unmapped(let reason): volume.unmapped = reason
            }
            return volume
        }
    }

    private mutating func withRaidSuperblocks(_ group: VolumeGroup) -> VolumeGroup {
        var group = group
        for (index, pieces) in LogicalVolumeMapping(group: group, volumes: volumes).raidMetadata {
            group.logicalVolumes[index].raidSuperblock = contents.raidSuperblock(at: pieces)
        }
        return group
    }

    // MARK: containers

    private func containers() -> [Volume] {
        var result: [VolumeID: Volume] = [:]
        for id in order {
            guard let volume = volumes[id], let signature = volume.signature, signature.type == "crypto_LUKS",
                let uuid = signature.uuid, !volume.copies.isEmpty
            else { continue }
            let inside = VolumeID("luks:\(uuid)")
            result[inside] =
                opened[inside]
                ?? Volume(
                    id: inside, kind: .container, name: "/dev/mapper/luks-\(uuid)", size: 0,
                    unmapped: "locked (LUKS\(signature.version ?? ""))")
        }
        return result.keys.sorted().compactMap { result[$0] }
    }
}

extension Copy {
    fileprivate mutating func take(_ content: Content) {
        signature = content.signature
        log = content.log
        hasOrphans = content.hasOrphans
        failure = content.failure
    }
}
