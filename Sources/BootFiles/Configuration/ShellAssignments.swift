/// The assignments of a file that a shell sources (`/etc/default/grub`, os-release, update-initramfs.conf), read without
/// a shell: quotes, escapes and references to variables set before are understood, commands are not run.
package struct ShellAssignments: Codable, Sendable, Hashable {
    /// One `NAME=value`.
    package struct Assignment: Codable, Sendable, Hashable {
        /// Counted from 1.
        package var line: Int
        package var name: String
        package var value: String
        /// The value holds `$(…)` or backquotes, whose result only running them would tell.
        package var isComputed: Bool
        package init(line: Int, name: String, value: String, isComputed: Bool = false) {
            self.line = line
            self.name = name
            self.value = value
            self.isComputed = isComputed
        }
    }

    package var assignments: [Assignment]

    package init(_ assignments: [Assignment] = []) { self.assignments = assignments }

    /// The last one of that name stands.
    package subscript(name: String) -> String? { assignments.last { $0.name == name }?.value }

    /// The assignment that stands.
    package func assignment(of name: String) -> Assignment? { assignments.last { $0.name == name } }

    /// Reads a file; `before` are the assignments of files sourced earlier, whose variables it may use.
    package init(parsing text: String, after before: ShellAssignments = ShellAssignments()) {
        var reader = ShellAssignmentReader(Array(text.utf8), before)
        assignments = before.assignments + reader.read()
    }
}

/// Reads assignments in one pass; anything else on a line is skipped to its end.
private struct ShellAssignmentReader {
    private let text: [UInt8]
    private var position = 0
    private var line = 1
    private var values: [String: String] = [:]
    /// Bytes of all values so far.
    private var size = 0

    // Variables that name one another grow by doubling; no value of use is this long.
    private static let longest = 65536
    private static let most = 4096
    private static let mostBytes = 4 << 20

    init(_ text: [UInt8], _ before: ShellAssignments) {
        self.text = text
        for assignment in before.assignments { values[assignment.name] = assignment.value }
    }

    mutating func read() -> [ShellAssignments.Assignment] {
        var found: [ShellAssignments.Assignment] = []
        while position < text.count, found.count < Self.most, size < Self.mostBytes {
            skipBlanks()
            let start = line
            var name = identifier()
            if name == "export" {
                skipBlanks()
                name = identifier()
            }
            guard !name.isEmpty, let next = peek() else {
                skipCommand()
                continue
            }
            let isAppending = next == UInt8(ascii: "+") && peek(1) == UInt8(ascii: "=")
            guard isAppending || next == UInt8(ascii: "=") else {
                skipCommand()
                continue
            }
            position += isAppending ? 2 : 1
            let (word, isComputed) = value()
            let value = isAppending ? Self.cut((values[name] ?? "") + word) : word
            values[name] = value
            size += value.utf8.count
            found.append(.init(line: start, name: name, value: value, isComputed: isComputed))
        }
        return found
    }

    private mutating func value() -> (String, isComputed: Bool) {
        var word: [UInt8] = []
        var isComputed = false
        var quote: UInt8?
        while let byte = peek(), word.count < Self.longest {
            if quote == nil, byte == 10 || byte == 32 || byte == 9 || byte == UInt8(ascii: ";") || byte == 13
            {
                break
            }
            advance()
            switch byte {
            case UInt8(ascii: "'") where quote == nil || quote == byte,
                UInt8(ascii: "\"") where quote == nil || quote == byte:
                quote = quote == nil ? byte : nil
            case UInt8(ascii: "\\") where quote != UInt8(ascii: "'"):
                escape(into: &word, isQuoted: quote != nil)
            case UInt8(ascii: "`") where quote != UInt8(ascii: "'"):
                isComputed = true
                word.append(byte)
            case UInt8(ascii: "$") where quote != UInt8(ascii: "'"):
                if peek() == UInt8(ascii: "(") {
                    isComputed = true
                    word.append(byte)
                } else {
                    word += Array((variable() ?? "$").utf8)
                }
            default: word.append(byte)
            }
        }
        return (Self.cut(String(decoding: word, as: UTF8.self)), isComputed)
    }

    private static func cut(_ value: String) -> String {
        value.utf8.count <= longest ? value : String(decoding: value.utf8.prefix(longest), as: UTF8.self)
    }

    private mutating func escape(into word: inout [UInt8], isQuoted: Bool) {
        guard let escaped = peek() else { return }
        advance()
        if escaped == 10 { return }
        // Inside double quotes a backslash escapes only these (POSIX shell, 2.2.3).
        if isQuoted && !Array("$`\"\\".utf8).contains(escaped) { word.append(UInt8(ascii: "\\")) }
        word.append(escaped)
    }

    // `$NAME`, `${NAME}`, `${NAME:-word}`; unset ones are empty. Nil where no name follows.
    private mutating func variable() -> String? {
        guard peek() == UInt8(ascii: "{") else {
            let name = identifier()
            return name.isEmpty ? nil : values[name] ?? ""
        }
        position += 1
        let name = identifier()
        var rest: [UInt8] = []
        while let byte = peek(), byte != UInt8(ascii: "}"), byte != 10 {
            rest.append(byte)
            advance()
        }
        if peek() == UInt8(ascii: "}") { position += 1 }
        if let value = values[name], !value.isEmpty { return value }
        return rest.starts(with: Array(":-".utf8)) ? String(decoding: rest.dropFirst(2), as: UTF8.self) : ""
    }

    private mutating func identifier() -> String {
        let start = position
        while let byte = peek(), isIdentifier(byte, first: position == start) { position += 1 }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private func isIdentifier(_ byte: UInt8, first: Bool) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
            || !first && (48...57).contains(byte)
    }

    private mutating func skipBlanks() {
        while let byte = peek(),
            byte == 32 || byte == 9 || byte == 10 || byte == 13 || byte == UInt8(ascii: ";")
        {
            advance()
        }
    }

    // A comment or a command: to the end of the line.
    private mutating func skipCommand() {
        while let byte = peek() {
            advance()
            if byte == 10 { return }
        }
    }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < text.count ? text[position + ahead] : nil
    }

    private mutating func advance() {
        if text[position] == 10 { line += 1 }
        position += 1
    }
}
