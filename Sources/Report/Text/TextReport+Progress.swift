extension TextReport {
    /// How far a phase of the work is.
    package enum PhaseState: Sendable, Hashable { case started, running, ended(Mark) }

    /// A whole line about a phase: "  ✓  Reading the disks  3 s".
    package static func phase(_ title: String, _ state: PhaseState, _ seconds: Int?, _ style: Style) -> String
    {
        let mark: Mark
        switch state {
        case .started, .running: mark = .note
        case .ended(let end): mark = end
        }
        let time = seconds.map { $0 > 0 ? "  " + duration($0) : "" } ?? ""
        var page = Page()
        page.verbatim(
            indent: 2, .mark(mark), .tab(5), .text(title + (state == .started ? " …" : "")), .dim(time))
        // What a shorter line leaves of the longer one before it is blanked out.
        let text = page.text(style)
        guard case .ended = state, style.width != nil else { return text }
        return text.dropLast() + "    \n"
    }

    /// The line of a phase while it runs, without its newline and never wider than the terminal.
    package static func running(_ title: String, turned: Int, _ style: Style) -> String {
        // A turning sign after the first second, in characters that every console has.
        let sign = turned == 0 ? " " : ["|", "/", "-", "\\"][turned % 4]
        let room = max(20, (style.width ?? 80) - 12)
        let shown = String(title.legible(in: style.charset).prefix(room))
        return "  \(sign)  \(shown) " + (style.charset == .unicode ? "…" : "...")
    }

    /// As many blanks as a running line may have left on the terminal.
    package static func blank(_ style: Style) -> String {
        String(repeating: " ", count: max(20, (style.width ?? 80) - 2))
    }

    /// "21 s", "3 min 5 s".
    package static func duration(_ seconds: Int) -> String {
        seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
    }
}
