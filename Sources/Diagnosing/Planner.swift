import Changes
import Storage
import Surveying

/// What the person asked of a rescue.
package struct PlanOptions: Sendable, Hashable {
    /// Improvements too, not only what puts skipped steps right.
    package var improve: Bool
    /// Only these steps; empty for all.
    package var only: [StepID]
    /// These steps once more, although they are done.
    package var again: [StepID]
    /// Devices named for changes that put data at stake.
    package var confirmed: [String]
    /// Reasons not to write that the person knows better about.
    package var forced: Set<PlanRefusal.Reason>

    package init(
        improve: Bool = false, only: [StepID] = [], again: [StepID] = [], confirmed: [String] = [],
        forced: Set<PlanRefusal.Reason> = []
    ) {
        self.improve = improve
        self.only = only
        self.again = again
        self.confirmed = confirmed
        self.forced = forced
    }
}

extension Plan {
    /// The remedies of a diagnosis in the order of the steps, opening the target first. Pure.
    package static func making(
        _ diagnosis: Diagnosis, _ survey: Survey, _ installation: Installation,
        _ options: PlanOptions = PlanOptions()
    ) -> Plan {
        let scene = Scene(survey, installation)
        var remedies: [Remedy] = []
        for remedy in diagnosis.findings.flatMap(\.remedies) where !remedies.contains(remedy) {
            remedies.append(remedy)
        }
        for step in judgedSteps where options.again.contains(step.id) {
            remedies += step.redo(scene).filter { !remedies.contains($0) }
        }
        if !options.only.isEmpty {
            let kept = Set(options.only + options.again)
            remedies.removeAll { remedy in !kept.contains { $0 == remedy.step } }
        }
        let order = StepID.allCases
        remedies = order.flatMap { step in remedies.filter { $0.step == step } }
        let agreed = remedies.filter { remedy in
            guard !remedy.isByHand, remedy.purpose == .redo || options.improve else { return false }
            return remedy.needs == .yes || remedy.confirmDevice.map(options.confirmed.contains) ?? false
        }
        let left = remedies.filter { !agreed.contains($0) }
        var plan = Plan(
            installation: installation.root.rawValue,
            remedies: withoutRepetitions(lastThoseThatStay(BootCodeRedo.sharing(agreed, scene))),
            notDone: left,
            refusals: agreed.isEmpty ? [] : scene.refusals(forced: options.forced))
        if !plan.remedies.isEmpty { plan.remedies.insert(opening(scene), at: 0) }
        return plan
    }

    // A plan that fails is taken back: what cannot be comes after everything that can.
    private static func lastThoseThatStay(_ remedies: [Remedy]) -> [Remedy] {
        remedies.filter { $0.changes.allSatisfy(\.isUndoable) }
            + remedies.filter { !$0.changes.allSatisfy(\.isUndoable) }
    }

    // One rebuild of an image, after everything that goes into it; a text that several remedies want is written once,
    // for the first of them, and other lines of one file are changed in what was written first.
    private static func withoutRepetitions(_ remedies: [Remedy]) -> [Remedy] {
        var written: [String: (was: String, text: String)] = [:]
        let remedies = remedies.map { remedy in
            var remedy = remedy
            remedy.changes = remedy.changes.compactMap { change in
                guard case .writeFile(let path, let text, let was, let mode) = change else { return change }
                guard let first = written[path] else {
                    written[path] = (was ?? "", text)
                    return change
                }
                guard let both = merged(text, into: first.text, of: was ?? ""), both != first.text else {
                    return nil
                }
                written[path] = (was ?? "", both)
                return .writeFile(path: path, text: both, was: first.text, mode: mode)
            }
            return remedy
        }
        var built: Set<String> = []
        var kept: [Remedy] = []
        for remedy in remedies.reversed() {
            var remedy = remedy
            remedy.changes = remedy.changes.reversed().filter { change in
                guard case .build(let path, _, _, _) = change else { return true }
                return built.insert(path).inserted
            }.reversed()
            if !remedy.changes.isEmpty { kept.append(remedy) }
        }
        return kept.reversed()
    }

    // The lines that `text` changed of `was`, changed in `first` too, which changed others in their places; nil where
    // that cannot be.
    private static func merged(_ text: String, into first: String, of was: String) -> String? {
        func lines(_ text: String) -> [Substring] {
            text.split(separator: "\n", omittingEmptySubsequences: false)
        }
        let (old, own) = (lines(was), lines(first))
        let changes = lines(text).difference(from: old)
        let removed = changes.removals.compactMap { change in
            if case .remove(let offset, _, _) = change { offset } else { nil }
        }
        guard own.count == old.count, removed.allSatisfy({ own[$0] == old[$0] }) else { return nil }
        return own.applying(changes)?.joined(separator: "\n")
    }

    // In words, where nobody knows yet what the rescue system has for it.
    private static func opening(_ scene: Scene) -> Remedy {
        var actions: [String] = []
        var arrays = StorageStack(under: scene.installation.root, in: scene.storage).arrays
        if let boot = scene.boot {
            arrays += StorageStack(under: boot.volume, in: scene.storage).arrays.filter {
                !arrays.contains($0)
            }
        }
        for array in arrays where array.node == nil {
            let members = array.members.map(\.device.rawValue).joined(separator: ", ")
            actions.append("assemble \(scene.storage.volume(array.id)?.name ?? array.uuid) from \(members)")
        }
        let stack = StorageStack(under: scene.installation.root, in: scene.storage)
        for group in Set(stack.logicalVolumes.map(\.group.name)).sorted() {
            actions.append("activate the volume group \(group)")
        }
        actions += scene.mountsForWriting
        return Remedy(
            step: nil, title: "Open the installed system for writing", changes: [.open(actions: actions)])
    }
}

extension Scene {
    /// What is mounted to work on it, in words.
    package var mountsForWriting: [String] {
        var lines: [String] = []
        if let root = rootVolume {
            let log = root.log == .dirty ? ", replaying its log" : ""
            lines.append("mount \(root.name) under /mnt/sysimage for writing\(log)")
        }
        if let boot = bootVolume, self.boot?.path == "" {
            lines.append("mount \(boot.name) under /mnt/sysimage/boot for writing")
        }
        return lines
    }
}
