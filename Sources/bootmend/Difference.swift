import Diagnosing
import Storage
import Surveying

/// What a migration changed: the same installation in two surveys.
enum Difference {
    static func between(_ before: Survey, and after: Survey, of installation: Installation) -> [String] {
        let earlier = before.installations.first {
            $0.machineID != nil && $0.machineID == installation.machineID
        }
        guard let earlier else { return ["the earlier survey does not hold this system"] }
        return disks(before, after) + root(before, earlier, after, installation)
            + steps(Diagnosis.of(before, earlier), Diagnosis.of(after, installation))
            + Remnant.of(before, in: after, installation).map {
                "\($0.path):\($0.line) still names \($0.name), which was \($0.was)"
            }
    }

    private static func disks(_ before: Survey, _ after: Survey) -> [String] {
        // Kernel names move between boots: a disk is known by its serial number where it has one.
        let name = { (disk: Disk) in disk.serial ?? disk.id.rawValue }
        let old = Set(before.storage.disks.map(name))
        let new = Set(after.storage.disks.map(name))
        return after.storage.disks.filter { !old.contains(name($0)) }.map {
            "disk \($0.id) (\(name($0))) is new"
        }
            + before.storage.disks.filter { !new.contains(name($0)) }.map {
                "disk \($0.id) (\(name($0))) is gone"
            }
    }

    private static func root(
        _ before: Survey, _ earlier: Installation, _ after: Survey, _ installation: Installation
    ) -> [String] {
        let copies = { (survey: Survey, id: VolumeID) in survey.storage.volume(id)?.copies.count ?? 0 }
        let was = before.storage.volume(earlier.root)?.name ?? earlier.root.rawValue
        let now = after.storage.volume(installation.root)?.name ?? installation.root.rawValue
        var changes = was == now ? [] : ["root was on \(was) and is on \(now)"]
        let (one, two) = (copies(before, earlier.root), copies(after, installation.root))
        if one != two { changes.append("root had \(one) copies and has \(two)") }
        return changes
    }

    private static func steps(_ before: Diagnosis, _ after: Diagnosis) -> [String] {
        after.steps.compactMap { step in
            guard let old = before.steps.first(where: { $0.id == step.id }), old.state != step.state else {
                return nil
            }
            return "\(step.id.rawValue) was \(old.state.rawValue) and is \(step.state.rawValue)"
        }
    }
}
