import Changes
import Diagnosing

extension TextReport {
    /// How a diagnosis is told.
    package struct Telling: Sendable, Hashable {
        /// What stands behind the name of the system: "Looking only."
        package var lead: String?
        /// Only what is wrong.
        package var isQuiet: Bool
        /// Also what proves each step that is done.
        package var isVerbose: Bool
        /// Commands that go on from here, the likeliest first.
        package var next: [String]

        package init(lead: String? = nil, isQuiet: Bool = false, isVerbose: Bool = false, next: [String] = [])
        {
            self.lead = lead
            self.isQuiet = isQuiet
            self.isVerbose = isVerbose
            self.next = next
        }
    }

    /// The answer first, the steps and disks, what was seen, and the next command last.
    package static func diagnosis(_ diagnosis: Diagnosis, _ telling: Telling, _ style: Style) -> String {
        var page = Page()
        page.line(
            .subject(name(of: diagnosis.system)),
            .text(where_(diagnosis.system) + (telling.lead.map { " " + $0 } ?? "")))
        page.gap()
        page.line(indent: 2, .mark(mark(diagnosis.verdict)), .tab(5), .text(sentence(diagnosis), nil))
        if !telling.isQuiet {
            page.gap()
            page.append(steps(diagnosis, telling, style))
            page.gap()
            page.append(disks(diagnosis, style))
        }
        for finding in shown(diagnosis.findings, telling) {
            page.gap()
            page.append(self.finding(finding))
        }
        if !diagnosis.refusals.isEmpty {
            page.gap()
            page.line(.subject("A rescue would write nothing"), .text(":"))
            page.append(refusals(diagnosis.refusals))
        }
        page.gap()
        if let tally = tally(diagnosis) { page.line(tally) }
        for (index, command) in telling.next.enumerated() {
            page.verbatim(.text(index == 0 ? "Next:" : ""), .tab(6), .subject(command))
        }
        return page.text(style)
    }

    /// The system as a heading names it: "Debian GNU/Linux 12 (bookworm) on /dev/rhel/root".
    package static func title(of diagnosis: Diagnosis) -> String {
        "\(name(of: diagnosis.system)) on \(diagnosis.system.rootDevice)"
    }

    static func name(of system: Diagnosis.System) -> String {
        system.prettyName
            ?? [system.id, system.version].compactMap(\.self).joined(separator: " ")
    }

    private static func where_(_ system: Diagnosis.System) -> String {
        " on \(system.rootDevice), started by \(system.firmware.uppercased())."
    }

    package static func mark(_ verdict: Diagnosis.Verdict) -> Mark {
        switch verdict {
        case .boots: .ok
        case .degraded: .warning
        case .broken: .blocker
        case .unknown: .unknown
        }
    }

    /// The one sentence that answers the question.
    package static func sentence(_ diagnosis: Diagnosis) -> String {
        let steps = wrongSteps(diagnosis)
        switch diagnosis.verdict {
        case .boots:
            return diagnosis.disks.count > 1 && diagnosis.disks.contains(where: \.should)
                ? "It boots, and from every disk that should be able to alone." : "It boots."
        case .degraded:
            let weak = diagnosis.disks.filter { $0.should && $0.bootsAlone != .yes }.map(\.device)
            let alone = weak.isEmpty ? nil : notAlone(weak)
            let but = [alone, steps].compactMap(\.self).joined(separator: "; ")
            return but.isEmpty ? "It boots, with warnings." : "It boots, but \(but)."
        case .broken:
            return steps.map { "It would not boot: \($0)." } ?? "It would not boot."
        case .unknown:
            let open = diagnosis.steps.filter { $0.state == .unknown }.map(\.id.rawValue)
            return open.isEmpty
                ? "Whether it boots could not be told."
                : "Whether it boots could not be told: \(list(open)) could not be judged."
        }
    }

    /// What has to be done again, and what nothing can be done about but to wait or to decide.
    private static func wrongSteps(_ diagnosis: Diagnosis) -> String? {
        let wrong = diagnosis.steps.filter { $0.state == .skipped || $0.state == .stale }.map(\.id)
        // A copy that runs is waited for.
        let redo = wrong.filter { step in
            step != .sync
                && diagnosis.findings.contains { finding in
                    finding.step == step && finding.remedies.contains { $0.purpose == .redo }
                }
        }
        let rest = wrong.filter { !redo.contains($0) }
        func clause(_ steps: [StepID], _ one: String, _ many: String) -> String? {
            steps.isEmpty ? nil : "\(list(steps.map(\.rawValue))) \(steps.count == 1 ? one : many)"
        }
        let clauses = [
            clause(redo, "has to be done again", "have to be done again"),
            clause(rest, "is not in order", "are not in order"),
        ]
        return clauses.allSatisfy { $0 == nil } ? nil : clauses.compactMap(\.self).joined(separator: "; ")
    }

    private static func notAlone(_ disks: [String]) -> String {
        switch disks.count {
        case 1: "not from \(disks[0]) alone"
        case 2: "neither from \(disks[0]) alone nor from \(disks[1]) alone"
        default: "from none of \(list(disks)) alone"
        }
    }

    private static func steps(_ diagnosis: Diagnosis, _ telling: Telling, _ style: Style) -> Page {
        var table = Table(indent: 2)
        for step in diagnosis.steps {
            let isProof = step.state == .done
            let reason = isProof && !telling.isVerbose ? nil : step.reason
            let summary = reason ?? first(diagnosis.findings, of: step)
            table.row(
                .text(step.id.rawValue), .mark(mark(step, diagnosis.findings)), .text(word(step.state)),
                .text(summary ?? ""))
        }
        var page = Page()
        page.append(table.lines(style))
        return page
    }

    private static func first(_ findings: [Finding], of step: Diagnosis.StepResult) -> String? {
        step.state == .done ? nil : findings.first { $0.step == step.id }?.summary
    }

    private static func mark(_ step: Diagnosis.StepResult, _ findings: [Finding]) -> Mark {
        switch step.state {
        case .done: .ok
        case .skipped, .stale:
            findings.contains { $0.step == step.id && $0.severity == .blocker } ? .blocker : .warning
        case .notApplicable: .notApplicable
        case .unknown: .unknown
        }
    }

    static func word(_ state: Diagnosis.StepResult.State) -> String {
        switch state {
        case .done: "done"
        case .skipped: "skipped"
        case .stale: "stale"
        case .notApplicable: "not needed"
        case .unknown: "could not tell"
        }
    }

    private static func disks(_ diagnosis: Diagnosis, _ style: Style) -> Page {
        var table = Table(indent: 2)
        for disk in diagnosis.disks {
            let serial = disk.serial.map { "serial \($0)" } ?? ""
            table.row(.text(disk.device), .mark(mark(disk)), .text(alone(disk)), .dim(serial))
        }
        var page = Page()
        page.append(table.lines(style))
        return page
    }

    private static func mark(_ disk: Diagnosis.DiskResult) -> Mark {
        switch disk.bootsAlone {
        case .yes: .ok
        case .no: disk.should ? .warning : .note
        case .unknown: .unknown
        }
    }

    private static func alone(_ disk: Diagnosis.DiskResult) -> String {
        let at = disk.breaksAt.map { ", stops at \($0.rawValue)" } ?? ""
        switch disk.bootsAlone {
        case .yes: return "boots alone"
        case .no: return (disk.should ? "should boot alone and would not" : "would not boot alone") + at
        case .unknown: return "alone: could not tell" + at
        }
    }

    private static func shown(_ findings: [Finding], _ telling: Telling) -> [Finding] {
        telling.isQuiet ? findings.filter { $0.severity != .note } : findings
    }

    private static func tally(_ diagnosis: Diagnosis) -> String? {
        let blockers = diagnosis.findings.count { $0.severity == .blocker }
        let warnings = diagnosis.findings.count { $0.severity == .warning }
        let open = diagnosis.steps.count { $0.state == .unknown }
        let parts = [
            blockers == 0
                ? nil : count(blockers, "problem stops", "problems stop") + " this system from booting",
            warnings == 0 ? nil : count(warnings, "warning"),
            open == 0 ? nil : count(open, "step") + " could not be judged",
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ") + "."
    }
}
