extension MdadmConf {
    /// Reads an mdadm.conf as mdadm's config.c does: keywords in any case and shortened to three letters or more, lines
    /// continued by a leading blank, quotes, and comments that begin where a word could.
    package init(parsing text: String) {
        self.init()
        for line in MdadmConfLine.lines(of: Array(text.utf8)) {
            guard let first = line.words.first else { continue }
            let rest = line.words.dropFirst().map(\.text)
            switch Self.keyword(first.text) {
            case .array: arrays.append(ArrayLine(words: rest, line: first.line))
            case .devices: deviceLines.append(DeviceLine(line: first.line, words: rest))
            // The first line of these stands (config.c, autoline and homehostline).
            case .auto: if auto.isEmpty { auto = rest }
            case .homehost: if homehost == nil { homehost = rest.first }
            case nil: break
            }
        }
    }

    private enum Keyword: String, CaseIterable {
        case devices, array, homehost, auto
    }

    private static func keyword(_ word: String) -> Keyword? {
        let word = word.lowercased()
        guard word.utf8.count >= 3 else { return nil }
        return Keyword.allCases.first { $0.rawValue.hasPrefix(word) }
    }

    /// The `ARRAY` lines for this UUID, whatever the punctuation of either.
    package func arrays(withUUID uuid: String) -> [ArrayLine] {
        let digits = uuid.uuidDigits
        return arrays.filter { $0.uuid?.uuidDigits == digits && !digits.isEmpty }
    }
}

extension MdadmConf.ArrayLine {
    // Words without "=" name the device, the others identify it (config.c, arrayline).
    init(words: [String], line: Int) {
        self.init(line: line)
        for word in words {
            guard let equals = word.firstIndex(of: "="), !word.hasPrefix("/") else {
                if word.lowercased() == "<ignore>" {
                    isIgnored = true
                } else if device == nil {
                    device = word
                }
                continue
            }
            let value = String(word[word.index(after: equals)...])
            switch word[..<equals].lowercased() {
            case "uuid": uuid = value
            case "name": name = value
            case "metadata": metadata = value
            case "super-minor": superMinor = Int(value)
            case "devices": devices += value.split(separator: ",").map(String.init)
            default: break
            }
        }
    }
}

extension String {
    /// How array UUIDs are compared: `6d1e2f30:8a4b4c5d:…` and `6d1e2f30-8a4b-…` are the same.
    fileprivate var uuidDigits: String { lowercased().filter { $0 != ":" && $0 != "-" && $0 != "." } }
}
