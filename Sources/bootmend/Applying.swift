import Changes
import Distributions
import Glibc
import Machine
import Repair
import Report
import Storage
import Synchronization
import Sysimage

/// Has a plan applied to an installed system that is opened for it, and closes that again.
struct Applying {
    let console: Console
    let progress: Progress
    let way: Target.Way
    let journal: String?
    /// Runs that were cut short are what it is about, or are left as they are.
    var allowsCutShort = false

    /// What was done, and the number that takes it back.
    struct Done {
        var id: String?
        var changes: [Change]
    }

    func apply(_ plan: Plan, passphrase: @escaping @Sendable (Volume) -> [UInt8]?) throws -> Done {
        try opened(passphrase) { target, place in
            let outcome = Repair.apply(plan, to: target) { progress.follow($0) }
            switch outcome {
            case .applied(let id, let changes): return Done(id: id, changes: changes)
            case .rolledBack(let failure):
                // What could not even be opened was not changed.
                throw refusal(
                    failure, problems: [], place.isOpen ? ExitStatus.rolledBack : ExitStatus.unknown)
            case .stuck(let failure, let problems):
                throw refusal(failure, problems: problems, ExitStatus.stuck)
            }
        }
    }

    /// Takes back the run `id`, or the newest.
    func takingBack(
        _ id: String?, evenIfChanged: Bool = false, _ passphrase: @escaping @Sendable (Volume) -> [UInt8]?
    ) throws -> Undo.Report {
        let progress = progress
        return try opened(passphrase) { target, _ in
            try target.open([])
            return try Undo.run(id: id, target: target, evenIfChanged: evenIfChanged) { progress.follow($0) }
        }
    }

    /// Takes back the change that the run `id` was cut short at, and keeps those before it.
    func finishing(
        _ id: String, _ passphrase: @escaping @Sendable (Volume) -> [UInt8]?
    ) throws -> Undo.Report {
        let progress = progress
        return try opened(passphrase) { target, _ in
            try target.open([])
            return try Undo.finish(id, target: target) { progress.follow($0) }
        }
    }

    /// Gives `work` a target that it may open, and takes down what it opened, whatever came of it.
    func opened<Result>(
        _ passphrase: @escaping @Sendable (Volume) -> [UInt8]?,
        _ work: (RepairTarget, OpenedTarget) throws -> Result
    ) throws -> Result {
        // Until everything is closed again: nobody else may take it for left over.
        let lock = try RunLock()
        defer { withExtendedLifetime(lock) {} }
        guard !SysimageState.isRecorded else {
            throw Refusal("an installed system was mounted in the meantime", hint: "bootmend umount")
        }
        // From here on an interrupt is a wish: what is begun is finished or taken back.
        Interrupts.catchAll()
        let place = OpenedTarget()
        defer {
            for failure in place.close() { console.warn(failure.description) }
            Interrupts.release()
        }
        let (way, progress, console, journal) = (way, progress, console, journal)
        let allowsCutShort = allowsCutShort
        let system = way.system
        let target = RepairTarget(
            root: OpenedTarget.path, system: system, journalDirectory: journal,
            open: { _ in
                var target = try Target(
                    way, at: OpenedTarget.path, passphrase: passphrase, progress: progress)
                defer { place.keep(target) }
                if let failure = target.tree.whyNotWritable { throw failure }
                try target.tree.hide(Distributions.probers)
                target.tree.addESPs(
                    way.esps.map { ($0.volume, $0.place.path) }, in: way.survey.storage,
                    nodes: way.opening.nodes)
                console.tell(target.tree.skipped)
                if !allowsCutShort { try OpenedTarget.refuseUnfinished(of: system, in: journal) }
                place.finishOpening()
            },
            looking: { old, work in try way.looking(at: old, work) },
            isInterrupted: { progress.isInterrupted })
        return try work(target, place)
    }

    private func refusal(_ failure: RepairFailure, problems: [String], _ status: Int32) -> Refusal {
        for problem in problems { console.warn("not put back: \(problem)") }
        let state =
            problems.isEmpty
            ? "everything is as it was before" : "the journal is in \(failure.journal ?? "?")"
        let message = ([failure.message + "; " + state] + failure.lines).joined(separator: "\n")
        let log = failure.log.map { "the log is \($0)" }
        return Refusal(
            // Who stopped it knows why.
            message, hint: failure.hint ?? (failure.isInterruption ? nil : log),
            status: failure.isInterruption && problems.isEmpty ? ExitStatus.interrupted : status)
    }
}

/// Holds the target that a repair has opened until it is closed.
final class OpenedTarget: Sendable {
    private let target = Mutex<Target?>(nil)
    private let isWhole = Mutex(false)

    /// Everything that comes before the first change went well.
    var isOpen: Bool { isWhole.withLock(\.self) }

    func finishOpening() { isWhole.withLock { $0 = true } }

    static let path = Target.usualPath

    func keep(_ opened: Target) { target.withLock { $0 = opened } }

    func close() -> [SystemError] {
        target.withLock { opened in
            guard var taken = opened else { return [] }
            opened = nil
            return taken.close()
        }
    }

    /// What an earlier run has left half done comes before anything else: the survey has not seen it where /var is a
    /// filesystem of its own, or where it was kept elsewhere.
    static func refuseUnfinished(of system: String?, in journal: String?) throws {
        let kept =
            try journal.map { Journal.unfinished(of: system, root: try RootDirectory($0), at: "") } ?? []
        let root = try RootDirectory(path)
        guard let run = (kept + Journal.unfinished(root: root)).first else { return }
        throw SystemError(
            "change", "the installed system", detail: "an earlier rescue, \(run.id), was cut short",
            hint: kept.isEmpty
                ? "bootmend undo \(run.id)" : "bootmend undo \(run.id) --journal \(journal ?? "")")
    }
}

extension Progress {
    func follow(_ event: RepairProgress) {
        switch event {
        case .started(_, _, let title, let change):
            // Opening tells its own steps.
            if change.isUndoable { begin(title) }
        case .ticked: tick()
        case .done: end(.ok)
        case .failed: end(.blocker)
        case .puttingBack(_, let title): begin("Putting back: \(title)")
        case .putBack(_, let problems): end(problems.isEmpty ? .ok : .blocker)
        }
    }

    /// Asked while changes are made. The first interrupt lets the change in hand finish and takes everything back; the
    /// second leaves at once, and the journal for `bootmend undo`.
    var isInterrupted: Bool {
        let count = Interrupts.count
        if count == 1 {
            noteOnce("stopping, then putting everything back; once more stops now and leaves the journal")
        }
        if count > 1 {
            end(.blocker)
            note("stopped: 'bootmend undo' puts back what was changed\n")
            Glibc.exit(ExitStatus.interrupted)
        }
        return count > 0
    }
}
