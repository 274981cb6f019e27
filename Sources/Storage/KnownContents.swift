/// What lies on the disks, out of an earlier map: what it does not know was never read.
struct KnownContents: Contents {
    private var contents: [[Piece]: Content] = [:]
    private var throughNodes: [VolumeID: Content] = [:]
    private var raidSuperblocks: [[Piece]: DMRaidSuperblock] = [:]

    init(_ map: StorageMap) {
        let superblocks = Dictionary(
            map.arrays.flatMap(\.members).map { ($0.device, $0.superblock) },
            uniquingKeysWith: { first, _ in first })
        let physicalVolumes = Self.physicalVolumes(map)
        for volume in map.volumes + map.formerVolumes {
            if volume.copies.isEmpty && volume.node != nil {
                throughNodes[volume.id] = Content(
                    signature: volume.signature, log: volume.log, hasOrphans: volume.hasOrphans,
                    physicalVolume: physicalVolumes[volume.id], failure: volume.failure)
            }
            for copy in volume.copies {
                contents[copy.pieces] = Content(
                    signature: copy.signature, log: copy.log, hasOrphans: copy.hasOrphans,
                    superblocks: superblocks[volume.id].map { [$0] } ?? [],
                    physicalVolume: physicalVolumes[volume.id], failure: copy.failure)
            }
        }
        let volumes = Dictionary(map.volumes.map { ($0.id, $0) }) { first, _ in first }
        for group in map.groups {
            note(group, volumes)
            for text in group.outdated {
                let carriers = physicalVolumes.filter { $0.value.group == text.asWritten }
                    .map { (device: $0.key, found: $0.value) }
                guard var former = VolumeGroup.gather(carriers).groups.first else { continue }
                former.logicalVolumes = text.logicalVolumes
                note(former, volumes)
            }
        }
    }

    private mutating func note(_ group: VolumeGroup, _ volumes: [VolumeID: Volume]) {
        for (index, pieces) in LogicalVolumeMapping(group: group, volumes: volumes).raidMetadata {
            raidSuperblocks[pieces] = group.logicalVolumes[index].raidSuperblock
        }
    }

    func content(of pieces: [Piece], named name: String) -> Content { contents[pieces] ?? Content() }

    func content(of volume: VolumeID, through node: String) -> Content? { throughNodes[volume] }

    func raidSuperblock(at pieces: [Piece]) -> DMRaidSuperblock? { raidSuperblocks[pieces] }

    private static func physicalVolumes(_ map: StorageMap) -> [VolumeID: FoundPhysicalVolume] {
        var found: [VolumeID: FoundPhysicalVolume] = [:]
        for group in map.groups {
            let texts = ([group] + group.outdated).map(\.asWritten)
            for physical in group.physicalVolumes {
                guard let device = physical.device else { continue }
                for place in [device] + physical.duplicates {
                    found[place] = FoundPhysicalVolume(
                        uuid: physical.uuid, dataStart: physical.dataStart,
                        group: texts.first { $0.seqno == physical.seqno }, failure: physical.failure)
                }
            }
        }
        for stray in map.strayPhysicalVolumes {
            guard let device = stray.device else { continue }
            // One that its group no longer counts still carries the text of when it did.
            let text = map.groups.flatMap(\.outdated).first { text in
                text.seqno == stray.seqno && text.physicalVolumes.contains { $0.uuid == stray.uuid }
            }
            found[device] = FoundPhysicalVolume(
                uuid: stray.uuid, dataStart: stray.dataStart, group: text?.asWritten,
                failure: text == nil ? stray.failure : nil)
        }
        return found
    }
}

extension VolumeGroup {
    /// The group as its metadata text says it, without what was found on the disks.
    fileprivate var asWritten: VolumeGroup {
        var group = self
        group.outdated = []
        for index in group.physicalVolumes.indices {
            group.physicalVolumes[index].device = nil
            group.physicalVolumes[index].seqno = nil
            group.physicalVolumes[index].duplicates = []
            group.physicalVolumes[index].failure = nil
        }
        for index in group.logicalVolumes.indices {
            group.logicalVolumes[index].raidSuperblock = nil
            group.logicalVolumes[index].raidStatus = nil
        }
        return group
    }
}
