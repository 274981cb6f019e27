/// One line of a text file, by its bytes, so that the file around it can stay as it is to the last byte.
struct TextLine {
    /// Counted from 1.
    var number: Int
    /// Without the line feed.
    var range: Range<Int>

    /// The lines of `bytes`; a line feed at the very end begins no further line.
    static func lines(of bytes: [UInt8]) -> [TextLine] {
        var lines: [TextLine] = []
        var start = 0
        for (offset, byte) in bytes.enumerated() where byte == 10 {
            lines.append(TextLine(number: lines.count + 1, range: start..<offset))
            start = offset + 1
        }
        if start < bytes.count { lines.append(TextLine(number: lines.count + 1, range: start..<bytes.count)) }
        return lines
    }

    /// Blank-separated words of a line, each with the bytes it takes.
    static func words(of bytes: [UInt8], in range: Range<Int>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for offset in range {
            let isBlank = bytes[offset] == 32 || bytes[offset] == 9 || bytes[offset] == 13
            if isBlank, let begun = start {
                words.append(begun..<offset)
                start = nil
            } else if !isBlank, start == nil {
                start = offset
            }
        }
        if let start { words.append(start..<range.upperBound) }
        return words
    }
}
