import LibMount
import Storage

/// The mirror that an installation has or was meant to have.
///
/// It was meant where an array of several disks is in use, where a volume in use is mirrored, or where the group of one
/// counts a physical volume that is gone.
struct IntendedMirror {
    /// A logical volume in use: root, swap, or what has to be mounted.
    struct Use {
        var place: String
        var volume: Volume
        var found: StorageStack.LogicalVolumeInGroup
        /// The default target is not reached without it.
        var isNeeded: Bool
        var isRoot: Bool
        var isOfTheSystem: Bool

        /// `rhel/root`, as LVM's tools take it.
        var name: String { "\(found.group.name)/\(found.volume.name)" }
    }

    let arrays: [ArrayNaming.Use]
    let volumes: [Use]
    /// The groups of `volumes`, each once.
    let groups: [VolumeGroup]
    /// The disks that hold any of it.
    let disks: [Disk]
    let isIntended: Bool
    /// It is the system that is mirrored, or a part of it, and not only data.
    let isOfTheSystem: Bool
    private let storage: StorageMap

    init(_ scene: Scene) {
        storage = scene.storage
        arrays = scene.arrays.uses.filter { $0.array.raidDisks > 1 && $0.array.mayMiss > 0 }
        volumes = Self.uses(scene)
        var groups: [VolumeGroup] = []
        for use in volumes where !groups.contains(where: { $0.id == use.found.group.id }) {
            groups.append(use.found.group)
        }
        self.groups = groups
        var used = Set(arrays.flatMap { scene.storage.disks(under: $0.array.id) })
        let members = arrays.flatMap { $0.array.members.map(\.device) }
        for device in members + groups.flatMap(\.physicalVolumes).compactMap(\.device) {
            used.formUnion(scene.storage.disks(under: device))
        }
        disks = scene.storage.disks.filter { used.contains($0.id) }
        let own = Self.arraysOfTheSystem(scene)
        isOfTheSystem =
            arrays.contains { own.contains($0.array.id) }
            || volumes.contains {
                $0.isOfTheSystem && ($0.found.volume.isMirrored || $0.found.group.isIncomplete)
            }
        isIntended =
            !arrays.isEmpty || groups.contains(where: \.isIncomplete)
            || volumes.contains { $0.found.volume.isMirrored }
    }

    private static func arraysOfTheSystem(_ scene: Scene) -> Set<VolumeID> {
        let mounted = scene.fstab.filter { $0.isOfTheSystem || $0.isSwap }.flatMap {
            scene.volumes(source: $0.source)
        }
        let tops = [scene.installation.root] + [scene.boot?.volume].compactMap { $0 } + mounted.map(\.id)
        return Set(tops.flatMap { StorageStack(under: $0, in: scene.storage).arrays.map(\.id) })
    }

    private static func uses(_ scene: Scene) -> [Use] {
        var uses: [Use] = []
        func add(_ volume: Volume?, at place: String, isNeeded: Bool, isOfTheSystem: Bool) {
            guard let volume, let found = scene.storage.logicalVolume(volume.id),
                !uses.contains(where: { $0.volume.id == volume.id })
            else { return }
            uses.append(
                Use(
                    place: place, volume: volume, found: found, isNeeded: isNeeded,
                    isRoot: volume.id == scene.installation.root, isOfTheSystem: isOfTheSystem))
        }
        add(scene.rootVolume, at: "root", isNeeded: true, isOfTheSystem: true)
        for entry in scene.fstab where entry.mustMount || entry.isSwap {
            let volume = scene.volumes(source: entry.source).first
            add(
                volume, at: entry.place, isNeeded: entry.mustMount,
                isOfTheSystem: entry.isSwap || entry.isOfTheSystem)
        }
        return uses
    }

    /// Something of it is missing: a slot of an array that nobody fills, or a physical volume.
    var isIncomplete: Bool {
        arrays.contains { !$0.array.freeSlots.isEmpty }
            || groups.contains(where: \.isIncomplete)
    }

    /// A part that is on no disk here.
    struct Lack {
        var name: String
        /// Bytes that its place has to have.
        var size: UInt64
    }

    /// What is on no disk here, the largest first.
    ///
    /// A member that fell behind is here. Where a disk of the mirror has a partition for it that is no part of anything,
    /// it was lost from there, or never put there, and no disk is gone.
    var lacks: [Lack] {
        let members = arrays.filter { use in
            let devices = use.array.members.map(\.device)
            return !use.array.slotsOfNobody.isEmpty && !hasPlace(of: use.array.memberSize, besides: devices)
        }.map { Lack(name: "a member of \($0.device)", size: $0.array.memberSize) }
        let volumes = groups.flatMap { group in
            let devices = group.physicalVolumes.compactMap(\.device)
            return group.physicalVolumes.filter { $0.device == nil }.map { group.size(of: $0) }
                .filter { !hasPlace(of: $0, besides: devices) }
                .map { Lack(name: "a physical volume of \(group.name)", size: $0) }
        }
        return (members + volumes).sorted { $0.size > $1.size }
    }

    private func hasPlace(of size: UInt64, besides devices: [VolumeID]) -> Bool {
        let taken = Set(devices.flatMap { storage.disks(under: $0) })
        let members = arrays.flatMap { $0.array.members.map(\.device) }
        let parts = Set(members + groups.flatMap(\.physicalVolumes).compactMap(\.device))
        return disks.filter { !taken.contains($0.id) }.flatMap { $0.table?.partitions ?? [] }
            .contains { $0.size >= size && !$0.isForBootCode && !parts.contains($0.id) }
    }

    /// A part of the mirror under this volume is gone.
    func isIncomplete(under volume: VolumeID) -> Bool {
        let stack = StorageStack(under: volume, in: storage)
        return stack.arrays.contains { !$0.freeSlots.isEmpty }
            || stack.logicalVolumes.contains(where: \.group.isIncomplete)
    }

    /// A disk that still has its part of what is incomplete, and a partition table: what a replacement is to be like.
    var model: Disk? {
        let members = arrays.filter { !$0.array.freeSlots.isEmpty }.flatMap { $0.array.members.map(\.device) }
        let physical = groups.filter(\.isIncomplete).flatMap(\.physicalVolumes).compactMap(\.device)
        let whole = Set((members + physical).flatMap { storage.disks(under: $0) })
        return disks.first { $0.table != nil && whole.contains($0.id) }
    }

    /// Disks with nothing on them but perhaps a partition table, and large enough for what is on no disk here: what took
    /// the place of the one that failed.
    var replacements: [Disk] {
        guard let least = lacks.last?.size else { return [] }
        let blank = storage.disks.filter { disk in
            guard !disks.contains(where: { $0.id == disk.id }), disk.trouble == nil, disk.size >= least else {
                return false
            }
            let places = [disk.id] + (disk.table?.partitions.map(\.id) ?? [])
            return places.allSatisfy { storage.volume($0)?.isBlank ?? true }
        }
        // Of several, one as large as what is left of the mirror is it.
        let alike = blank.filter { disk in disks.contains { $0.size == disk.size } }
        return alike.count == 1 ? alike : blank
    }

    /// A partition with nothing on it, of at least this many bytes, on a disk that holds none of `others`.
    func freePartition(of size: UInt64, besides others: [VolumeID]) -> VolumeID? {
        let taken = Set(others.flatMap { storage.disks(under: $0) })
        return (disks + replacements).filter { !taken.contains($0.id) }
            .flatMap { $0.table?.partitions ?? [] }
            .first { $0.size >= size && !$0.isForBootCode && storage.volume($0.id)?.isBlank ?? false }?.id
    }
}

extension Volume {
    /// Nothing that libblkid knows lies on it, and it could be read.
    fileprivate var isBlank: Bool { signature == nil && failure == nil && !copies.isEmpty }
}

extension Partition {
    /// A BIOS boot partition (partmap/gpt.c) or an ESP, which hold what has no signature.
    var isForBootCode: Bool {
        [
            "21686148-6449-6e6f-744e-656564454649", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "0xef", "0x5",
            "0xf", "0x85",
        ].contains(type.lowercased())
    }
}

extension LogicalVolume {
    var isMirrored: Bool {
        segments.contains { $0.type == "mirror" || $0.type.hasPrefix("raid") && !$0.type.hasPrefix("raid0") }
    }
}

extension MDArray {
    /// How many members may be missing for the kernel still to start it (md.rst, md(4)).
    var mayMiss: Int {
        switch level {
        case 1: max(raidDisks, 1) - 1
        case 4, 5: 1
        case 6: 2
        // Near copies of two: at best one of each pair.
        case 10: raidDisks / 2
        default: 0
        }
    }

    /// Whether so many of its members are enough to start it.
    func starts(with members: Int) -> Bool { members >= max(1, raidDisks - mayMiss) }

    /// The members that fill a slot, each with how far it can be trusted.
    var standings: [(member: MDMember, judgement: HalfJudgement)] {
        zip(members, judgements).map { ($0, $1) }
    }

    /// Slots that no member here fills.
    var freeSlots: [Int] {
        slots(
            besides: standings.filter { ![.behind, .damaged, .spare].contains($0.judgement.standing) }.map(
                \.member))
    }

    /// Slots that no member here has ever filled.
    var slotsOfNobody: [Int] { slots(besides: members) }

    private func slots(besides members: [MDMember]) -> [Int] {
        let slots = Set(members.compactMap(\.superblock.slot))
        return (0..<min(max(raidDisks, 0), 1024)).filter { !slots.contains($0) }
    }

    /// Bytes that a member has to have.
    var memberSize: UInt64 {
        members.map(\.superblock).filter(\.checksumHolds).map {
            max($0.dataOffset &+ $0.size, $0.offset &+ 4096)
        }.min() ?? 0
    }
}

extension VolumeGroup {
    /// A physical volume that it counts is on no device here.
    var isIncomplete: Bool { physicalVolumes.contains { $0.device == nil } }

    /// Bytes that a physical volume has to have.
    func size(of physical: PhysicalVolume) -> UInt64 {
        let (extents, overflow) = physical.extentCount.multipliedReportingOverflow(by: extentSize)
        return overflow ? .max : physical.dataStart &+ extents
    }

    /// Extents of a physical volume that no volume lies on.
    func freeExtents(of physical: PhysicalVolume) -> UInt64 {
        let used = logicalVolumes.flatMap(\.segments).reduce(UInt64(0)) { sum, segment in
            let here = segment.stripes.count { $0.physicalVolume == physical.name }
            return here == 0 ? sum : sum &+ segment.count / UInt64(segment.stripes.count) &* UInt64(here)
        }
        return physical.extentCount > used ? physical.extentCount - used : 0
    }
}
