/// What a person typed or copied off a console, without what only a terminal acts on.
package struct TypedText: Sendable, Hashable {
    /// Of a long text its end, from the start of a line: there the machine stopped.
    package let text: String

    // Nothing that a console shows in one screen is longer; the search is quadratic.
    private static let limit = 4096

    package init(_ typed: String) { text = Self.end(of: Self.withoutSequences(typed)) }

    /// For a message: in one line, and cut to what a line has room for.
    package var excerpt: String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > 60 ? line.prefix(60) + "…" : line
    }

    private static func end(of text: String) -> String {
        let tail = text.suffix(limit)
        guard tail.startIndex > text.startIndex else { return text }
        let lines = tail.drop { !$0.isNewline }.dropFirst()
        return String(lines.allSatisfy(\.isWhitespace) ? tail : lines)
    }

    private static func withoutSequences(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\u{1b}" { rest = pastSequence(rest) } else { kept.append(scalar) }
        }
        return String(kept)
    }

    /// What follows the sequence that the escape character before `rest` begins.
    ///
    /// ECMA-48, 5.4: a control sequence is ESC [, parameters, intermediate bytes and a final one. ECMA-35, 13: every
    /// other one is ESC, intermediate bytes and a final one, as ESC ( B.
    private static func pastSequence(_ rest: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        if rest.first == "]" { return pastCommand(rest) }
        let isControl = rest.first == "["
        let parameters = isControl ? rest.dropFirst() : rest
        let intermediate = isControl ? parameters.drop { (0x30...0x3f).contains($0.value) } : parameters
        let final = intermediate.drop { (0x20...0x2f).contains($0.value) }
        // A cut sequence takes nothing with it that is not its own.
        guard let last = final.first, (isControl ? 0x40...0x7e : 0x30...0x7e).contains(last.value) else {
            return final
        }
        return final.dropFirst()
    }

    // An operating system command, as systemd writes them around its units: up to BEL, or to the escape character of
    // the ESC \ behind it; a cut one ends with its line.
    private static func pastCommand(_ rest: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        let end = rest.drop { !["\u{7}", "\u{1b}", "\n", "\r"].contains($0) }
        return end.first == "\u{7}" ? end.dropFirst() : end
    }
}
