import Changes
import Diagnosing

extension TextReport {
    /// A step: what it is, how to see it, how it is mended, what the console shows without it.
    package static func explanation(_ explanation: Explanation, _ style: Style) -> String {
        var page = Page()
        page.line(.subject(explanation.step.rawValue))
        page.line(indent: 2, explanation.meaning)
        page.gap()
        page.line(indent: 2, .dim("done when"), .tab(14), .text(explanation.done))
        for (index, command) in explanation.see.enumerated() {
            page.verbatim(indent: 2, .dim(index == 0 ? "to see it" : ""), .tab(14), .text(command))
        }
        for mending in explanation.mend {
            page.gap()
            page.line(indent: 2, .dim("to redo it"), .tab(14), .dim(mending.family))
            for command in mending.commands { page.verbatim(indent: 16, .text(command)) }
        }
        if !explanation.symptoms.isEmpty {
            page.gap()
            page.line(indent: 2, .dim("at boot, when it was skipped"))
            for symptom in explanation.symptoms {
                page.line(indent: 4, .text(symptom.pattern), .dim("  " + symptom.meaning))
            }
        }
        page.gap()
        page.verbatim(.text("Next:"), .tab(6), .subject("bootmend diagnose"))
        return page.text(style)
    }

    /// What a line typed off a console may mean: every step that shows it, and how those stand `here`, on the disks
    /// that were looked at.
    package static func consoleText(
        _ found: [(StepID, [ConsoleText])], here: Diagnosis? = nil, _ style: Style
    ) -> String {
        var page = Page()
        for (step, texts) in found {
            page.gap()
            page.line(.subject(step.rawValue))
            for text in texts {
                page.line(indent: 2, .text(text.pattern), .dim("  " + text.meaning))
            }
            if let here { page.append(standing(of: step, in: here)) }
        }
        page.gap()
        let isHere = here.map { here in found.contains { here.stands($0.0) != .done } } ?? false
        let next = isHere ? ["bootmend diagnose"] : found.map { "bootmend explain \($0.0.rawValue)" }
        for (index, command) in next.enumerated() {
            page.verbatim(.text(index == 0 ? "Next:" : ""), .tab(6), .subject(command))
        }
        return page.text(style)
    }

    private static func standing(of step: StepID, in diagnosis: Diagnosis) -> Page {
        var page = Page()
        guard let state = diagnosis.stands(step) else { return page }
        let findings = diagnosis.findings.filter { $0.step == step }
        let place = "on \(diagnosis.system.rootDevice) here"
        if findings.isEmpty {
            page.line(
                indent: 2, .mark(mark(state)), .tab(5), .text("\(word(state)) \(place)"))
        }
        for finding in findings {
            page.line(
                indent: 2, .mark(mark(finding.severity)), .tab(5), .text("\(place): \(finding.summary)"))
        }
        return page
    }

    private static func mark(_ state: Diagnosis.StepResult.State) -> Mark {
        switch state {
        case .done: .ok
        case .skipped, .stale: .warning
        case .notApplicable: .notApplicable
        case .unknown: .unknown
        }
    }
}

extension Diagnosis {
    /// How a step stands; nil where this version does not judge it.
    func stands(_ step: StepID) -> StepResult.State? { steps.first { $0.id == step }?.state }
}
