import Changes
import Diagnosing

extension TextReport {
    /// A finding: what it is, what the machine shows because of it, what was seen where, and what mends it.
    static func finding(_ finding: Finding) -> Page {
        var page = Page()
        page.line(.mark(mark(finding.severity)), .tab(3), .subject(finding.id))
        page.line(indent: 4, finding.summary)
        if let symptom = finding.symptom { page.append(quoted("at boot", symptom)) }
        for evidence in finding.evidence {
            page.line(
                indent: 4, .dim("seen"), .tab(14), .dim(place(evidence)), .text("  "),
                .text(firstLine(evidence.seen)))
            if let expected = evidence.expected {
                page.line(indent: 4, .dim("expected"), .tab(14), .text(firstLine(expected)))
            }
        }
        for remedy in finding.remedies {
            page.line(
                indent: 4, .dim(remedy.purpose == .redo ? "redo" : "better"), .tab(14), .text(remedy.title),
                .dim("  " + consequence(remedy)))
            page.append(linesByHand(remedy, indent: 14))
        }
        return page
    }

    static func mark(_ severity: Finding.Severity) -> Mark {
        switch severity {
        case .blocker: .blocker
        case .warning: .warning
        case .note: .note
        }
    }

    private static func quoted(_ label: String, _ text: String) -> Page {
        var page = Page()
        for (index, line) in text.split(separator: "\n").enumerated() {
            page.line(indent: 4, .dim(index == 0 ? label : ""), .tab(14), .text(String(line)))
        }
        return page
    }

    static func place(_ evidence: Evidence) -> String {
        switch evidence.place {
        case .file(let path, let line): path + (line.map { ":\($0)" } ?? "")
        case .device(let device, let offset): device + (offset.map { " at byte \($0)" } ?? "")
        }
    }

    /// Evidence is one line; the whole of it is in the JSON.
    private static func firstLine(_ text: String) -> String {
        let lines = text.split(separator: "\n", maxSplits: 1)
        return String(lines.first ?? "") + (lines.count > 1 ? " …" : "")
    }

    /// The commands of what is left to the person, and why it is.
    static func linesByHand(_ remedy: Remedy, indent: Int) -> Page {
        var page = Page()
        for case .byHand(let lines, let why) in remedy.changes {
            for line in lines { page.verbatim(indent: indent, .text(line)) }
            page.line(indent: indent, .dim(why))
        }
        return page
    }

    /// What it costs to say yes to a remedy.
    static func consequence(_ remedy: Remedy) -> String {
        if remedy.isByHand { return "by hand" }
        return switch remedy.needs {
        case .yes: remedy.changes.allSatisfy(\.isUndoable) ? "can be undone" : "cannot be undone"
        case .confirm: "needs --confirm " + (remedy.confirmDevice ?? "DEVICE")
        }
    }
}
