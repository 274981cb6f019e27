import BootFiles

extension SecretWords {
    /// Of a grub.cfg, an ESP's stub of one or the configuration inside a core image: also what stands behind a command,
    /// as in `password joe …` and `cryptomount -p …`.
    static func removed(fromGrub text: String) -> String {
        let bytes = Array(text.utf8)
        var commands = GrubPasswords(bytes)
        return removed(from: String(decoding: removing(commands.found(), from: bytes), as: UTF8.self))
    }
}

/// Finds passwords among the words of GRUB's commands. `GrubScriptLexer` does not say where a word lies.
private struct GrubPasswords {
    private let text: [UInt8]
    private var position = 0
    private var secrets: [Range<Int>] = []

    // Commands, and how many words behind them are none: password USER PASSWORD (grub manual, "password"),
    // legacy_password [--md5] PASSWORD [FILE] (commands/legacycfg.c).
    private static let shown = [
        "password": 1, "password_pbkdf2": 1, "legacy_password": 0, "legacy_check_password": 0,
    ]
    // What may come before a command: the shell's own words, and nothing at all behind the "#" of a comment, which
    // holds a password all the same.
    private static let leading: Set<String> = ["", "!", "if", "elif", "then", "else", "while", "until", "do"]

    init(_ text: [UInt8]) { self.text = text }

    /// One pass over the bytes, command by command, in order.
    mutating func found() -> [Range<Int>] {
        var command: [Range<Int>] = []
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "\\"), at(position + 1) == 10 {
                position += 2
            } else if byte == 32 || byte == 9 || byte == 13 {
                position += 1
            } else if byte == 10 || byte == UInt8(ascii: ";") {
                judge(command)
                command = []
                position += 1
            } else {
                let word = word()
                // A menu entry's commands begin behind its brace.
                if ["{", "}"].contains(name(word)) {
                    judge(command)
                    command = []
                } else {
                    command.append(word)
                }
            }
        }
        judge(command)
        return secrets
    }

    private mutating func judge(_ command: [Range<Int>]) {
        let command = command.drop { Self.leading.contains(name($0)) }
        guard let name = command.first.map(name), let last = command.last else { return }
        let arguments = command.dropFirst()
        if let shown = Self.shown[name] {
            // Whoever left out the user wrote the password in its place.
            let first = arguments.dropFirst(shown).first ?? arguments.first
            if let first { secrets.append(first.lowerBound..<last.upperBound) }
        } else if name == "cryptomount" {
            cryptomount(arguments)
        }
    }

    // disk/cryptodisk.c: -u, -a and -b take no value and may stand before the p. `--password` is found by its name.
    private mutating func cryptomount(_ arguments: ArraySlice<Range<Int>>) {
        for (word, next) in zip(arguments, arguments.dropFirst().map(Optional.some) + [nil]) {
            let flags = text[word].dropFirst().drop { "uab".utf8.contains($0) }
            guard text[word].first == UInt8(ascii: "-"), flags.first == UInt8(ascii: "p") else { continue }
            let value = flags.dropFirst()
            if let secret = value.isEmpty ? next : value.startIndex..<value.endIndex {
                secrets.append(secret)
            }
        }
    }

    /// The word that begins here. A quote that is not closed on its line is a byte like others, lest an apostrophe in a
    /// comment hides the lines behind it.
    private mutating func word() -> Range<Int> {
        let start = position
        while position < text.count {
            let byte = text[position]
            if byte == 32 || byte == 9 || byte == 13 || byte == 10 || byte == UInt8(ascii: ";") { break }
            if byte == UInt8(ascii: "\\"), at(position + 1) == 10 { break }
            if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                position = closing(of: byte) ?? position
            } else if byte == UInt8(ascii: "\\"), position + 1 < text.count {
                position += 1
            }
            position += 1
        }
        return start..<position
    }

    private func closing(of quote: UInt8) -> Int? {
        var place = position + 1
        while let byte = at(place), byte != 10 {
            if byte == quote { return place }
            place += byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") && at(place + 1) != 10 ? 2 : 1
        }
        return nil
    }

    private func at(_ place: Int) -> UInt8? { place < text.count ? text[place] : nil }

    /// Without the quotes and backslashes that GRUB takes away, and without the "#" of a comment.
    private func name(_ word: Range<Int>) -> String {
        let spelled = text[word].filter { !"'\"\\".utf8.contains($0) }
        return String(decoding: spelled.drop { $0 == UInt8(ascii: "#") }, as: UTF8.self)
    }
}
