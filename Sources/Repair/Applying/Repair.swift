import Changes
import Glibc
import Machine

/// Performs a plan: the only thing in bootmend that changes a disk.
package enum Repair {
    /// Makes the plan's changes in order, each written down first; the first one that fails takes all of them back. The caller
    /// holds the `RunLock`, since it is the one who closes the target.
    package static func apply(
        _ plan: Plan, to target: RepairTarget,
        progress: @escaping @Sendable (RepairProgress) -> Void = { _ in }
    ) -> Outcome {
        guard plan.refusals.isEmpty else {
            return .rolledBack(RepairFailure(plan.refusals.map(\.description).joined(separator: "; ")))
        }
        let changes = plan.remedies.flatMap { remedy in remedy.changes.map { (remedy.title, $0) } }
        guard !changes.isEmpty else { return .applied(id: nil, changes: []) }
        do {
            let journal = try Journal.begin(
                in: target.runDirectory, installation: plan.installation, system: target.system)
            return Application(journal: journal, target: target, changes: changes, progress: progress).run()
        } catch { return .rolledBack(RepairFailure(error)) }
    }
}

/// One plan being applied.
struct Application {
    let journal: Journal
    let target: RepairTarget
    let changes: [(title: String, change: Change)]
    let progress: @Sendable (RepairProgress) -> Void

    func run() -> Outcome {
        var number = 0
        do {
            if case .open? = changes.first?.change {} else { try moveIn() }
            for (title, change) in changes {
                number += 1
                if target.isInterrupted() { throw RepairFailure.interruption }
                progress(.started(number: number, of: changes.count, title: title, change: change))
                let start = Clock.milliseconds()
                try perform(change, number, title)
                progress(.done(number: number, seconds: Int((Clock.milliseconds() - start) / 1000)))
            }
            // It came in the middle of the last of them.
            if target.isInterrupted() { throw RepairFailure.interruption }
            try relabel()
            try journal.add(.end(how: .applied))
            journal.keepLog()
            let isRecorded = changes.contains { $0.change.isUndoable }
            return .applied(id: isRecorded ? journal.id : nil, changes: changes.map(\.change))
        } catch {
            return putBack(after: RepairFailure(error), number)
        }
    }

    func perform(_ change: Change, _ number: Int, _ title: String) throws {
        try journal.add(
            .change(number: number, kind: change.kind, title: title, command: change.command?.vector))
        if case .open(let actions) = change {
            do { try target.open(actions) } catch { throw RepairFailure(error) }
            try moveIn()
        } else {
            let root = try RootDirectory(target.root)
            let work = Work(application: self, root: root, number: number)
            try work.perform(change)
            try work.keepLabels()
            try work.saving.leave()
        }
        try journal.add(.done(number: number))
    }

    // Before anything is touched: that the tools run, the journal's place, and room for everything that comes.
    private func moveIn() throws {
        let root = try RootDirectory(target.root)
        let (place, base) = try target.journals()
        try tryPrograms()
        try Room(root: root, journals: place, base: base).check(changes.map(\.change))
        try journal.settle(in: place, base)
    }

    private func putBack(after failure: RepairFailure, _ number: Int) -> Outcome {
        var failure = failure
        failure.title = number > 0 ? changes[number - 1].title : nil
        progress(.failed(number: number, failure: failure))
        var problems: [String] = []
        let restoring = Restoring(
            journal: journal, root: target.root, settlesBoot: target.settlesBoot, isSameRun: true)
        for number in journal.begun.reversed() where journal.hasSaved(number) {
            progress(.puttingBack(number: number, title: journal.title(of: number)))
            let failed = restoring.restoreAll(of: number).compactMap(\.problem)
            progress(.putBack(number: number, problems: failed))
            problems += failed
        }
        if let root = try? restoring.root, Self.askForLabels(journal, in: root) {
            failure.lines.append(Self.labelNote)
        }
        // Whether or not the line can be written: what was put back is put back.
        try? journal.add(.end(how: problems.isEmpty ? .rolledBack : .stuck))
        journal.keepLog()
        failure.journal = journal.shown
        failure.id = journal.id
        failure.log = journal.shown + "/log"
        return problems.isEmpty ? .rolledBack(failure) : .stuck(failure, problems: problems)
    }
}
