import Changes

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

    /// What a line typed off a console may mean: every step that shows it.
    package static func consoleText(_ typed: String, _ found: [(StepID, [ConsoleText])], _ style: Style)
        -> String
    {
        var page = Page()
        for (step, texts) in found {
            page.gap()
            page.line(.subject(step.rawValue))
            for text in texts {
                page.line(indent: 2, .text(text.pattern), .dim("  " + text.meaning))
            }
        }
        page.gap()
        for (index, (step, _)) in found.enumerated() {
            page.verbatim(
                .text(index == 0 ? "Next:" : ""), .tab(6), .subject("bootmend explain \(step.rawValue)"))
        }
        return page.text(style)
    }
}
