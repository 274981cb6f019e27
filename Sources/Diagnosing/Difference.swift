import LibMount
import Storage
import Surveying

/// What a migration changed: the same system in two surveys.
package struct Difference {
    let then: Scene
    let now: Scene
    let disks: SameDisks
    private let sign: EarlierSystem.Sign

    /// In sentences, and after them every place that still names what is gone.
    package static func between(
        _ before: Survey, and after: Survey, of installation: Installation
    ) -> [String] {
        let now = Scene(after, installation)
        guard let earlier = EarlierSystem(of: now, in: before) else {
            return ["the earlier survey does not hold this system"]
        }
        let difference = Difference(
            then: earlier.scene, now: now, disks: SameDisks(before.storage, after.storage), sign: earlier.sign
        )
        return difference.sentences
            + Remnant.of(before, in: after, installation).map {
                "\($0.place) still names \($0.name), which was \($0.was)"
            }
    }

    private var sentences: [String] {
        var all = identity + diskChanges + arrayChanges + groupChanges
        all += place("root", then.rootVolume, now.rootVolume) + boot + swap
        all += Self.cameAndWent(
            "kernel", then.installation.kernels.map { ($0, $0) }, now.installation.kernels.map { ($0, $0) })
        return all + steps
    }

    // MARK: the system

    private var identity: [String] {
        let taken =
            sign == .onlyOne
            ? ["the only system of the earlier survey is taken for this one: nothing else tells that it is"]
            : []
        let (was, id) = (then.installation.machineID, now.installation.machineID)
        guard was != id else { return taken }
        return taken + ["the machine-id was \(was ?? "not set") and is \(id ?? "not set")"]
    }

    private var boot: [String] {
        // A directory of the root goes where that goes.
        let isInRoot = [then, now].allSatisfy { $0.boot?.volume == $0.installation.root }
        return isInRoot ? [] : place("/boot", then.bootVolume, now.bootVolume)
    }

    private var swap: [String] {
        let (old, new) = (then.swaps, now.swaps)
        func name(_ area: SwapArea) -> String { area.volume.map { disks.nameNow($0) } ?? area.name }
        let gone = old.filter { area in !new.contains { $0.name == name(area) } }
        let come = new.filter { area in !old.contains { name($0) == area.name } }
        let kept = old.flatMap { area in
            new.filter { $0.name == name(area) }.flatMap { place("swap", area.volume, $0.volume) }
        }
        if gone.count == 1, come.count == 1 {
            return kept + ["swap was on \(gone[0].name) and is on \(come[0].name)"]
        }
        return kept + gone.map { "swap on \($0.name) is gone" } + come.map { "swap on \($0.name) is new" }
    }

    /// Where something lay and lies, in how many copies, and whether it is what it was.
    private func place(_ what: String, _ old: Volume?, _ new: Volume?) -> [String] {
        guard let old else { return new.map { ["\(what) was not found and is on \($0.name)"] } ?? [] }
        guard let new else { return ["\(what) was on \(old.name) and is not found"] }
        var changes: [String] = []
        if disks.nameNow(old) != new.name {
            changes.append("\(what) was on \(old.name) and is on \(new.name)")
        } else if let was = old.signature?.uuid, let uuid = new.signature?.uuid,
            was.lowercased() != uuid.lowercased()
        {
            changes.append("\(what) on \(new.name) was made anew: its UUID was \(was) and is \(uuid)")
        }
        let (one, two) = (old.copies.count, new.copies.count)
        if one != two { changes.append("\(what) had \(Self.count(one, "copy", "copies")) and has \(two)") }
        return changes
    }

    private var steps: [String] {
        let before = Diagnosis.of(then.survey, then.installation)
        return Diagnosis.of(now.survey, now.installation).steps.compactMap { step in
            guard let old = before.steps.first(where: { $0.id == step.id }), old.state != step.state else {
                return nil
            }
            return "\(step.id.rawValue) was \(old.state.rawValue) and is \(step.state.rawValue)"
        }
    }
}

/// A swap area that fstab names.
private struct SwapArea {
    var name: String
    /// nil for a file, and where no device answers.
    var volume: Volume?
}

extension Scene {
    fileprivate var swaps: [SwapArea] {
        fstab.filter(\.isSwap).map { entry in
            let volume = volumes(named: entry.source).first
            return SwapArea(name: volume?.name ?? entry.source, volume: volume)
        }
    }
}
