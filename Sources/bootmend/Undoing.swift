import Changes
import Machine
import Repair
import Report
import Surveying

/// Takes back a rescue: opens the installed system, puts everything back, closes it again.
struct Undoing {
    let console: Console
    let target: TargetOptions
    let id: String?
    let evenIfChanged: Bool
    let journal: String?

    func run() throws -> Int32 {
        try Target.closeLeftovers()
        let progress = Progress(console)
        let survey = try target.looking(console).survey(progress)
        let installation = try Choosing(console: console, spec: target.root).installation(of: survey)
        if let id { try check(id, survey, installation) }
        let way = try Target.Way(
            survey, installation, forced: Set(PlanRefusal.Reason.allCases), allowing: Self.noObstacle)
        let applying = Applying(
            console: console, progress: progress, way: way, journal: journal, allowsCutShort: true)
        let passphrase = try console.passphrase(from: target.passphraseFile)
        let report = try applying.takingBack(id, evenIfChanged: evenIfChanged, passphrase)
        return answer(report, esps: way.esps.map(\.place))
    }

    // What may be what the rescue did, or came after it: the way back is not barred by it.
    private static let noObstacle: Set<PlanRefusal.Reason> = [
        .cutShort, .readOnlyDisk, .unreadDisk, .swapInUse,
    ]

    // Before anything is opened for writing, where that can be told: not from a log that nobody has replayed, which
    // may hold the very journal.
    private func check(_ id: String, _ survey: Survey, _ installation: Installation) throws {
        let target = RepairTarget(root: OpenedTarget.path, journalDirectory: journal)
        if journal != nil { return try Undo.check(id, target: target) }
        guard survey.storage.volumes.allSatisfy({ $0.log == nil || $0.log == .clean }),
            var tree = try? TargetLook.tree(survey, installation, at: OpenedTarget.path, console)
        else { return }
        defer { for failure in tree.unmount() { console.warn(failure.description) } }
        guard tree.skipped.allSatisfy({ !$0.isMissing }) else { return }
        try Undo.check(id, target: target)
    }

    private func answer(_ report: Undo.Report, esps: [Change.EFIPartition]) -> Int32 {
        var report = report
        for index in report.items.indices { Self.name(&report.items[index].subject, esps) }
        if let note = report.note { console.warn(note) }
        let items = report.items.map { ($0.subject, Self.word($0.result)) }
        console.answer(
            text: TextReport.undone(
                report.id, told(report.items), isComplete: report.isComplete, console.style),
            json: .object([
                "schema": .integer(1), "undo_id": .string(report.id), "complete": .bool(report.isComplete),
                "items": .array(items) { .object(["subject": .string($0.0), "result": .string($0.1)]) },
            ]))
        return report.isComplete ? 0 : ExitStatus.stuck
    }

    // Where an ESP is mounted meanwhile says nothing to anybody.
    private static func name(_ subject: inout String, _ esps: [Change.EFIPartition]) {
        guard let esp = esps.first(where: { subject.hasPrefix($0.path + "/") }) else { return }
        subject = "\(esp.name): \(subject.dropFirst(esp.path.count + 1))"
    }

    // A line for each thing that was put back or was not; what a rescue only looked after is for --verbose.
    private func told(_ items: [Undo.Item]) -> [(String, String)] {
        var seen: Set<String> = []
        return items.filter { console.isVerbose || $0.result != .unchanged }
            .map { ($0.subject, Self.word($0.result)) }
            .filter { seen.insert($0.0 + $0.1).inserted }
    }

    private static func word(_ result: Undo.Item.Result) -> String {
        switch result {
        case .restored: "put back"
        case .unchanged: "as it was"
        case .changedSince: "left alone: it was changed since"
        case .failed(let reason): reason
        }
    }
}
