/// Takes passwords out of a text that goes into a saved survey; everything else stays byte for byte.
package enum SecretWords {
    /// `rd.iscsi.password=…`, `PASSWORD="…"`, `netroot=iscsi:user:password@…` (dracut.cmdline(7), mount.cifs(8)).
    package static func removed(from text: String) -> String {
        guard mayHoldSecret(text) else { return text }
        var result = ""
        var rest = text[...]
        while let first = rest.first {
            if breaks(first) {
                result.append(first)
                rest = rest.dropFirst()
                continue
            }
            let word = rest.prefix { !breaks($0) }
            let (shown, length) = withoutSecret(word, in: rest)
            result += shown
            rest = rest.dropFirst(length)
        }
        return result
    }

    /// One pass over the bytes: nearly every text has no such word, and is long.
    private static func mayHoldSecret(_ text: String) -> Bool {
        let words = (names + ["iscsi:"]).map { Array($0.utf8) }
        let firsts = Set(words.compactMap(\.first))
        // Setting bit 5 makes ASCII letters small; what it does to other bytes is none of the words.
        let bytes = text.utf8.map { $0 | 0x20 }
        return bytes.indices.contains { index in
            firsts.contains(bytes[index]) && words.contains { bytes[index...].starts(with: $0) }
        }
    }

    private static let names = ["passw", "passphrase", "secret", "dhchap"]
    /// What stands where something was taken away: such a text is not the file any more.
    package static let mark = "(removed)"

    private static func breaks(_ character: Character) -> Bool {
        character.isWhitespace || character == ","
    }

    /// What is shown of the word at the start of `rest`, and how many characters that stands for.
    private static func withoutSecret(_ word: Substring, in rest: Substring) -> (String, Int) {
        guard let equals = word.firstIndex(of: "=") else { return (String(word), word.count) }
        let value = rest[rest.index(after: equals)...]
        let key = word[...equals]
        if let at = word.lastIndex(of: "@"), word[equals...].hasPrefix("=iscsi:"), at > equals {
            return (key + "iscsi:" + mark + word[at...], word.count)
        }
        let lowered = key.lowercased()
        guard names.contains(where: lowered.contains) else {
            // GRUB_CMDLINE_LINUX="rd.iscsi.password=…": what is quoted is looked through word by word.
            if let quote = value.first, quote == "\"" || quote == "'" {
                return (key + String(quote), key.count + 1)
            }
            return (String(word), word.count)
        }
        if let quote = value.first, quote == "\"" || quote == "'" {
            let inside = value.dropFirst().prefix { $0 != quote && !$0.isNewline }
            let closed = value.dropFirst(inside.count + 1).first == quote
            return (key + mark, key.count + inside.count + (closed ? 2 : 1))
        }
        return (key + mark, word.count)
    }
}
