/// One configuration line of mdadm.conf, continuations included, with the bytes that each of its words takes.
struct MdadmConfLine {
    struct Word {
        /// Without quotes.
        var text: String
        /// As written, quotes included.
        var range: Range<Int>
        /// Counted from 1.
        var line: Int
    }

    var words: [Word]

    /// Cuts the file into lines and words (mdadm, lib.c, conf_word): a line that begins with a blank goes on with the
    /// one before, across comments and empty lines.
    static func lines(of bytes: [UInt8]) -> [MdadmConfLine] {
        var lines: [MdadmConfLine] = []
        var position = 0
        var number = 1
        var isLineStart = true
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\n"):
                position += 1
                number += 1
                isLineStart = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                position += 1
                isLineStart = false
            case UInt8(ascii: "#"):
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            default:
                let found = word(of: bytes, at: position, line: number)
                position = found.range.upperBound
                if isLineStart || lines.isEmpty {
                    lines.append(MdadmConfLine(words: [found]))
                } else {
                    lines[lines.count - 1].words.append(found)
                }
                isLineStart = false
            }
        }
        return lines
    }

    // A quote ends with its like or with the line.
    private static func word(of bytes: [UInt8], at start: Int, line: Int) -> Word {
        var text: [UInt8] = []
        var quote: UInt8?
        var position = start
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
            let byte = bytes[position]
            if quote == nil, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { break }
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte != UInt8(ascii: "\r") {
                text.append(byte)
            }
            position += 1
        }
        return Word(text: String(decoding: text, as: UTF8.self), range: start..<position, line: line)
    }
}
