/// The answers for a person at a console. Pure functions: colours, width and characters come in the `Style`.
package enum TextReport {
    /// What went wrong, on standard error: what was being done, to what, why; and the way on.
    package static func failure(message: String, hint: String?, _ style: Style) -> String {
        var page = Page()
        // A tool's last lines come with the message; each stays a line of its own.
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        page.line(.text("error:", .blocker), .tab(7), .text(String(lines.first ?? "")))
        for line in lines.dropFirst() { page.verbatim(indent: 7, .dim("| " + line)) }
        if let hint { page.line(.text("hint:", .subject), .tab(7), .text(hint)) }
        return page.text(style)
    }

    /// One line beside the work: "warning: …".
    package static func warning(_ message: String, _ style: Style) -> String {
        var page = Page()
        page.line(.text("warning:", .warning), .tab(9), .text(message))
        return page.text(style)
    }

    /// What was done, in one line, and the commands that go on from there.
    package static func done(_ sentence: String, next: [String], _ style: Style) -> String {
        var page = Page()
        page.line(.mark(.ok), .tab(3), .text(sentence))
        for (index, command) in next.enumerated() {
            page.verbatim(.text(index == 0 ? "Next:" : ""), .tab(6), .subject(command))
        }
        return page.text(style)
    }

    /// What an undo put back, and what it did not.
    package static func undone(
        _ id: String, _ items: [(subject: String, result: String)], isComplete: Bool, _ style: Style
    ) -> String {
        var page = Page()
        for item in items { page.line(indent: 2, .text(item.subject), .tab(40), .dim(item.result)) }
        page.line(
            .mark(isComplete ? .ok : .blocker), .tab(3),
            .text("rescue \(id) " + (isComplete ? "is taken back" : "could not be taken back whole")))
        return page.text(style)
    }

    /// A list of short facts as bullet lines.
    package static func notes(_ notes: [String], _ style: Style) -> String {
        var page = Page()
        for note in notes { page.line(.mark(.note), .tab(3), .text(note)) }
        return page.text(style)
    }

    /// "1 warning", "2 warnings".
    static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }

    /// "a", "a and b", "a, b and c".
    static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }

    /// Bytes in the unit a person would choose, IEC 80000-13.
    static func size(_ bytes: UInt64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var (amount, unit) = (Double(bytes), 0)
        while amount >= 1024, unit < units.count - 1 {
            amount /= 1024
            unit += 1
        }
        let tenths = Int((amount * 10).rounded())
        let digits =
            tenths % 10 == 0 || tenths >= 1000 ? "\(Int(amount.rounded()))" : "\(tenths / 10).\(tenths % 10)"
        return digits + " " + units[unit]
    }
}
