import Changes
import Machine

extension TextReport {
    /// What a rescue is going to do, with the reason, the commands, the files and what can be taken back.
    package static func plan(_ plan: Plan, for system: String, _ style: Style) -> String {
        var page = Page()
        if plan.isEmpty && plan.refusals.isEmpty {
            page.line(.subject("Nothing to do"), .text(" for \(system)."))
        } else if plan.refusals.isEmpty {
            let all = plan.remedies.allSatisfy { $0.changes.allSatisfy { $0.isUndoable || $0.isOpening } }
            page.line(
                .subject("Plan for \(system)"),
                .text(
                    ": \(count(plan.remedies.count, "step"))\(all ? "; all but the first can be undone" : "")."
                ))
        } else {
            page.line(.subject("Nothing will be written"), .text(" to \(system):"))
            for refusal in plan.refusals {
                page.line(indent: 2, .mark(.blocker), .tab(5), .text(refusal))
            }
            return page.text(style)
        }
        for (index, remedy) in plan.remedies.enumerated() {
            page.gap()
            page.append(self.remedy(remedy, number: index + 1))
        }
        if !plan.notDone.isEmpty {
            page.gap()
            page.line(.subject("Left as it is"))
            for remedy in plan.notDone {
                page.line(indent: 2, .mark(.note), .tab(5), .text("\(remedy.title)  "), .dim(wanted(remedy)))
                page.append(linesByHand(remedy, indent: 7))
            }
        }
        return page.text(style)
    }

    /// Which option would bring a remedy that was left out into the plan.
    private static func wanted(_ remedy: Remedy) -> String {
        if remedy.isByHand { return "by hand" }
        return switch (remedy.needs, remedy.purpose) {
        case (.confirm, _): "needs --confirm " + (remedy.confirmDevice ?? "DEVICE")
        case (.yes, .improvement): "with --improve"
        case (.yes, .redo): remedy.step.map { "with --only \($0.rawValue)" } ?? ""
        }
    }

    private static func remedy(_ remedy: Remedy, number: Int) -> Page {
        var page = Page()
        let step = remedy.step.map { "\($0.rawValue): " } ?? ""
        page.line(
            indent: 2, .text("\(number)"), .tab(5), .subject(step + remedy.title),
            remedy.changes.allSatisfy(\.isUndoable) ? .text("") : .text("  cannot be undone", .warning))
        for change in remedy.changes { page.append(self.change(change)) }
        return page
    }

    private static func change(_ change: Change) -> Page {
        var page = Page()
        switch change {
        case .open(let actions):
            for action in actions { page.verbatim(indent: 7, .dim("does"), .tab(17), .text(action)) }
        case .writeFile(let path, let text, let was, _):
            page.line(indent: 7, .dim(was == nil ? "creates" : "edits"), .tab(17), .text(path))
            page.diff(indent: 17, UnifiedDiff(path: path, old: was, new: text))
        case .build(let path, let output, let command, _):
            page.verbatim(indent: 7, .dim("runs"), .tab(17), .text(command.description))
            page.line(indent: 7, .dim("replaces"), .tab(17), .text("\(path), once \(output) is checked"))
        case .installBootLoader(let disk, let area, let directory, let command):
            page.verbatim(indent: 7, .dim("runs"), .tab(17), .text(command.description))
            page.line(
                indent: 7, .dim("writes"), .tab(17),
                .text(
                    "the first sector of \(disk), \(size(area.length)) from byte \(area.start), and \(directory)"
                ))
        case .run(let command, let touching):
            page.verbatim(indent: 7, .dim("runs"), .tab(17), .text(command.description))
            if !touching.isEmpty {
                page.line(indent: 7, .dim("changes"), .tab(17), .text(list(touching)))
            }
        case .byHand(let lines, _):
            for line in lines { page.verbatim(indent: 7, .dim("type"), .tab(17), .text(line)) }
        }
        return page
    }
}

extension Change {
    /// Opening the target is agreed to with the plan and is the one thing in it that stays.
    var isOpening: Bool {
        switch self {
        case .open: true
        case .writeFile, .build, .installBootLoader, .run, .byHand: false
        }
    }
}
