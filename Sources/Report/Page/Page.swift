/// A piece of a line.
package enum Span: Sendable, Hashable {
    case text(String, Role?)
    case mark(Mark)
    /// Goes on at this column, or after one space where the line is there already.
    case tab(Int)

    package static func text(_ text: String) -> Span { .text(text, nil) }
    package static func subject(_ text: String) -> Span { .text(text, .subject) }
    package static func dim(_ text: String) -> Span { .text(text, .dim) }
}

/// One line of a report, before it is wrapped and coloured.
package struct Line: Sendable, Hashable {
    package var indent: Int
    package var spans: [Span]
    /// Lines of files and commands are never broken: they must survive being copied.
    package var wraps: Bool

    package init(indent: Int = 0, _ spans: [Span], wraps: Bool = true) {
        self.indent = indent
        self.spans = spans
        self.wraps = wraps
    }
}

/// A report as lines of meaning. Turning it into text is the one way out, so nothing reaches a terminal unescaped.
package struct Page: Sendable, Hashable {
    package private(set) var lines: [Line] = []

    package init() {}

    package mutating func line(indent: Int = 0, _ spans: Span...) {
        lines.append(Line(indent: indent, spans))
    }

    package mutating func line(indent: Int = 0, _ text: String) {
        lines.append(Line(indent: indent, [.text(text)]))
    }

    /// A line that is never wrapped.
    package mutating func verbatim(indent: Int = 0, _ spans: Span...) {
        lines.append(Line(indent: indent, spans, wraps: false))
    }

    /// An empty line, unless there is one already or nothing before it.
    package mutating func gap() {
        guard let last = lines.last, !last.spans.isEmpty else { return }
        lines.append(Line([]))
    }

    package mutating func append(_ page: Page) { lines += page.lines }

    mutating func append(_ lines: [Line]) { self.lines += lines }

    /// The text, each line ended by a newline and none of the last ones empty; "" for an empty page.
    package func text(_ style: Style) -> String {
        let end = lines.lastIndex { !$0.spans.isEmpty } ?? -1
        return lines[...end].map { Layout(style).text(of: $0) + "\n" }.joined()
    }
}
