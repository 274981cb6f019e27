/// Edits of an fstab that keep all else as it is to the last byte: blanks, comments, columns and line ends.
package enum FstabText {
    /// The fields of fstab(5), in their order.
    package enum Field: Int, Sendable { case source, target, type, options, dump, pass }

    /// `text` with one field of the entry on line `number`, counted from 1, replaced; nil where there is no such field.
    package static func replacing(
        _ field: Field, onLine number: Int, with value: String, in text: String
    ) -> String? {
        var bytes = Array(text.utf8)
        guard let words = entry(number, of: bytes), words.indices.contains(field.rawValue) else { return nil }
        bytes.replaceSubrange(words[field.rawValue], with: mangled(value).utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func entry(_ number: Int, of bytes: [UInt8]) -> [Range<Int>]? {
        guard let line = TextLine.lines(of: bytes).first(where: { $0.number == number }) else { return nil }
        let words = TextLine.words(of: bytes, in: line.range)
        guard let first = words.first, bytes[first.lowerBound] != UInt8(ascii: "#") else { return nil }
        // getmntent(3) ends an entry at a word that begins a comment.
        return Array(words.prefix { bytes[$0.lowerBound] != UInt8(ascii: "#") })
    }

    // Blanks inside of a field are written in octal (fstab(5)).
    private static func mangled(_ value: String) -> String {
        var text: [UInt8] = []
        for byte in value.utf8 {
            switch byte {
            case 9: text += Array(#"\011"#.utf8)
            case 10: text += Array(#"\012"#.utf8)
            case 32: text += Array(#"\040"#.utf8)
            case 92: text += Array(#"\134"#.utf8)
            default: text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
