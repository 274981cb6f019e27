extension CoreImage {
    /// What the searches of an embedded configuration look for; nil where there are none.
    ///
    /// The last one that finds something sets the root. Where they are of several kinds, that is not told from the text.
    static func search(in configuration: String) -> Target? {
        let searches = commands(in: configuration).compactMap(sought(by:))
        guard let last = searches.last else { return nil }
        let isByUUID = searches.allSatisfy { if case .filesystem = $0 { true } else { false } }
        return isByUUID || Set(searches).count == 1 ? last : .other("several searches")
    }

    // "search.fs_label NAME root hints…" (commands/search.c), or "search" with options (commands/search_wrap.c).
    private static func sought(by command: [String]) -> Target? {
        let arguments = command.dropFirst()
        let written = command.joined(separator: " ")
        switch command.first {
        case "search.fs_uuid": return arguments.first.map { .filesystem(uuid: $0) }
        case "search.fs_label": return arguments.first.map { .label($0) }
        case "search.file": return .other(written)
        case "search": break
        default: return nil
        }
        // The reader of grub.cfg knows how a search by UUID is spelled.
        if let uuid = GrubConfig(parsing: quoted(command)).searches.last?.value {
            return .filesystem(uuid: uuid)
        }
        let names = arguments.filter { !$0.hasPrefix("-") }
        let isByLabel = arguments.contains("--label") || arguments.contains("-l")
        // A hint's value looks like one more name: then nothing is taken for the label.
        guard isByLabel, names.count == 1, let label = names.first else { return .other(written) }
        return .label(label)
    }

    private static func quoted(_ command: [String]) -> String {
        command.map { "'" + $0.filter { $0 != "'" } + "'" }.joined(separator: " ")
    }

    private static func commands(in configuration: String) -> [[String]] {
        var lexer = GrubScriptLexer(Array(configuration.utf8))
        var commands: [[String]] = [[]]
        var depth = 0
        while let token = lexer.next() {
            switch token {
            case .word(let word, line: _):
                // What a menu entry searches for comes later, and only where it is chosen.
                if depth == 0 { commands[commands.count - 1].append(word) }
            case .open:
                depth += 1
                commands.append([])
            case .close:
                depth = max(0, depth - 1)
                commands.append([])
            case .separator, .unclosedQuote: commands.append([])
            }
        }
        // "if search …; then search …; fi"
        return commands.map { Array($0.drop { ["if", "elif", "then", "else", "!"].contains($0) }) }
    }
}
