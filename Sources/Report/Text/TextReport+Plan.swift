import Changes
import Diagnosing
import Machine

extension TextReport {
    /// What a rescue is going to do, with the reason, the commands, the files and what can be taken back.
    package static func plan(
        _ plan: Plan, of diagnosis: Diagnosis, asked options: PlanOptions = PlanOptions(), _ style: Style
    ) -> String {
        let system = title(of: diagnosis)
        let unjudged = (options.only + options.again).filter { step in
            !diagnosis.steps.contains { $0.id == step }
        }
        var page = Page()
        if plan.isEmpty && plan.refusals.isEmpty {
            page.append(nothing(diagnosis, options.only, isJudged: unjudged.isEmpty))
        } else if plan.refusals.isEmpty {
            let all = plan.remedies.allSatisfy { $0.changes.allSatisfy { $0.isUndoable || $0.isOpening } }
            page.line(
                .subject("Plan for \(system)"),
                .text(
                    ": \(count(plan.remedies.count, "step"))\(all ? "; all but the first can be undone" : "")."
                ))
        } else {
            page.line(.subject("Nothing will be written"), .text(" to \(system):"))
            page.append(refusals(plan.refusals))
            return page.text(style)
        }
        for step in unjudged {
            page.line(
                indent: 2, .mark(.unknown), .tab(5),
                .text("\(step.rawValue) is a step that this version does not judge"))
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

    /// Each reason not to write, with the way out.
    static func refusals(_ refusals: [PlanRefusal]) -> Page {
        var page = Page()
        for refusal in refusals {
            page.line(
                indent: 2, .mark(.blocker), .tab(5), .text("\(refusal.text)  "), .dim(refusal.reason.rawValue)
            )
            page.line(indent: 5, .text(refusal.wayOut))
            if refusal.isForcible {
                page.line(
                    indent: 5, .dim("if you know better: bootmend rescue --force \(refusal.reason.rawValue)"))
            }
        }
        return page
    }

    /// Why there is no plan: nothing is wrong, or nothing of what is wrong is bootmend's to do by itself.
    private static func nothing(_ diagnosis: Diagnosis, _ only: [StepID], isJudged: Bool) -> Page {
        let isMeant = { (step: StepID) in only.isEmpty || only.contains(step) }
        let wrong = diagnosis.findings.filter { $0.severity != .note && isMeant($0.step) }
        let open = diagnosis.steps.filter { $0.state == .unknown && isMeant($0.id) }
        let isWell = wrong.isEmpty && open.isEmpty && (!only.isEmpty || diagnosis.verdict == .boots)
        let place = only.isEmpty ? "" : " in " + list(only.map(\.rawValue))
        var page = Page()
        page.line(
            .subject(isWell && isJudged ? "Nothing to do" : "Nothing that bootmend can do by itself"),
            .text("\(place) for \(title(of: diagnosis))."))
        for finding in wrong {
            page.line(indent: 2, .mark(mark(finding.severity)), .tab(5), .text(finding.summary))
        }
        for step in open {
            let reason = step.reason.map { ": \($0)" } ?? ""
            page.line(
                indent: 2, .mark(.unknown), .tab(5), .text("\(step.id.rawValue) could not be judged\(reason)")
            )
        }
        if !isWell && wrong.isEmpty && open.isEmpty {
            page.line(indent: 2, .mark(mark(diagnosis.verdict)), .tab(5), .text(sentence(diagnosis)))
        }
        let others = diagnosis.steps.filter { [.skipped, .stale].contains($0.state) && !isMeant($0.id) }
        if !others.isEmpty {
            page.line(
                indent: 2, .mark(.note), .tab(5),
                .text("left out by --only: \(list(others.map(\.id.rawValue)))"))
        }
        return page
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
        case .copy(let old, let files, _):
            page.line(
                indent: 7, .dim("copies"), .tab(17),
                .text("\(list(files)) from \(old.name)\(old.directory) into /boot"))
        case .installBootLoader(let disk, let area, let directory, let command):
            page.verbatim(indent: 7, .dim("runs"), .tab(17), .text(command.description))
            page.line(
                indent: 7, .dim("writes"), .tab(17),
                .text(
                    "the first sector of \(disk), \(size(area.length)) from byte \(area.start)"
                        + (change.installsGrub ? ", and \(directory)" : "")))
            if let window = change.window {
                page.line(indent: 7, .dim("meanwhile"), .tab(17), .text(window))
            }
        case .installLoaders(let esp, let files, from: .tool(let command)):
            page.verbatim(indent: 7, .dim("runs"), .tab(17), .text(command.description))
            page.line(
                indent: 7, .dim("writes"), .tab(17), .text("\(list(directories(of: files))) on \(esp.name)"))
        case .installLoaders(let esp, let files, from: .copy(let good, _)):
            page.line(
                indent: 7, .dim("copies"), .tab(17),
                .text("\(list(directories(of: files))) of \(good.name) to \(esp.name)"))
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

extension TextReport {
    private static func directories(of files: [String]) -> [String] {
        var seen: Set<String> = []
        return files.map { $0.split(separator: "/").dropLast().joined(separator: "/") }
            .filter { seen.insert($0).inserted }
    }
}

extension Change {
    /// Opening the target is agreed to with the plan and is the one thing in it that stays.
    var isOpening: Bool {
        switch self {
        case .open: true
        case .writeFile, .build, .copy, .installBootLoader, .installLoaders, .run, .byHand: false
        }
    }
}
