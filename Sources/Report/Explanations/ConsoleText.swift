import Changes

/// A line that a machine shows when it does not boot, and what it means.
package struct ConsoleText: Sendable, Hashable {
    /// As it stands on the screen; `*` stands for what differs from machine to machine.
    package var pattern: String
    package var meaning: String
    /// It is too short to be looked for in a longer text: it says this where nothing else is on the screen.
    private let standsAlone: Bool

    init(_ pattern: String, _ meaning: String, standsAlone: Bool = false) {
        self.pattern = pattern
        self.meaning = meaning
        self.standsAlone = standsAlone
    }

    /// Whether the text that a person typed off the screen, made `plain`, is or contains this line.
    ///
    /// Case and blanks are not counted; a part of the line is enough when it is long enough not to fit everything.
    private func matches(_ text: String) -> Bool {
        if standsAlone { return text == Self.plain(pattern) }
        let parts = pattern.split(separator: "*").map { Self.plain(String($0)) }.filter { !$0.isEmpty }
        var rest = text[...]
        var found = 0
        for part in parts {
            guard let range = Self.find(part, in: rest) else { break }
            rest = rest[range.upperBound...]
            found += 1
        }
        if found == parts.count { return true }
        return [text, Self.withoutOrigin(text)].contains { fragment in
            fragment.count >= 8 && parts.contains { Self.find(fragment, in: $0[...]) != nil }
        }
    }

    /// Lower case, one blank between words, quotes and GRUB's source positions left out (RHEL 8 and later print them).
    private static func plain(_ text: String) -> String {
        text.lowercased().split { $0.isWhitespace || "`'\"".contains($0) }.joined(separator: " ")
    }

    /// Without the words that tell where in the kernel it comes from (kernel/panic.c, init/do_mounts.c); the lines here
    /// have none.
    private static func withoutOrigin(_ text: String) -> String {
        ["kernel panic - not syncing: ", "vfs: "].reduce(text) { rest, origin in
            rest.hasPrefix(origin) ? String(rest.dropFirst(origin.count)) : rest
        }
    }

    private static func find(_ part: String, in text: Substring) -> Range<Substring.Index>? {
        var start = text.startIndex
        while true {
            if text[start...].hasPrefix(part) { return start..<text.index(start, offsetBy: part.count) }
            guard start < text.endIndex else { return nil }
            start = text.index(after: start)
        }
    }

    /// Every step whose lines fit what was typed, in the order of the steps, each with the lines that fit.
    package static func steps(for typed: String) -> [(StepID, [ConsoleText])] {
        let text = plain(TypedText(typed).text)
        return Explanation.all.compactMap { explanation in
            let fitting = explanation.symptoms.filter { $0.matches(text) }
            return fitting.isEmpty ? nil : (explanation.step, fitting)
        }
    }
}
