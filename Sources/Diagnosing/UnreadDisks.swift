import Changes
import Storage

/// The disks that hold a part of root or /boot, or may hold one that is missing, and could not be read whole.
///
/// What is said of them would be a guess: nothing that hangs on them is done, and none of them is known to boot.
struct UnreadDisks {
    let disks: [VolumeID]
    private var reasons: [StepID: String] = [:]

    init(_ scene: Scene) {
        let mirror = IntendedMirror(scene)
        let members = mirror.arrays.flatMap { $0.array.members.map(\.device) }
        let physical = mirror.groups.flatMap(\.physicalVolumes).compactMap(\.device)
        let lacksMember = mirror.arrays.contains { !$0.array.freeSlots.isEmpty }
        let lacksPhysical = mirror.groups.contains(where: \.isIncomplete)
        let stack = Set(
            members + physical + [scene.installation.root] + (scene.boot.map { [$0.volume] } ?? []))
        let used = stack.reduce(into: Set(mirror.disks.map(\.id))) {
            $0.formUnion(scene.storage.disks(under: $1))
        }
        var disks: [VolumeID] = []
        for disk in scene.storage.disks where used.contains(disk.id) || mirror.isIncomplete {
            let partitions = (disk.table?.partitions ?? []).filter { partition in
                let (end, overflow) = partition.start.addingReportingOverflow(partition.size)
                return overflow || end > disk.size || mirror.isIncomplete || stack.contains(partition.id)
            }
            let isWhole = disk.failure != nil
            let places = (isWhole || stack.contains(disk.id) ? [disk.id] : []) + partitions.map(\.id)
            let failing = places.compactMap { scene.storage.volume($0) }.first { $0.failure != nil }
            guard let failing, let why = disk.failure ?? failing.failure else { continue }
            disks.append(disk.id)
            var hanging: [StepID] = [.partitionTable]
            if isWhole { hanging.append(.grubInstall) }
            if isWhole && lacksMember || members.contains(failing.id) { hanging += [.mdArray, .sync] }
            if isWhole && lacksPhysical || physical.contains(failing.id) { hanging += [.lvmMirror, .sync] }
            for step in hanging where reasons[step] == nil { reasons[step] = "\(failing.name): \(why)" }
        }
        self.disks = disks
    }

    /// The step as it stands, knowing what could not be read. What was seen to be wrong stays so.
    func qualified(_ step: Diagnosis.StepResult) -> Diagnosis.StepResult {
        guard step.state == .done || step.state == .notApplicable, let reason = reasons[step.id] else {
            return step
        }
        return .init(id: step.id, state: .unknown, reason: reason)
    }
}
