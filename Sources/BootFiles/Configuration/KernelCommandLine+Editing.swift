extension KernelCommandLine {
    /// `text` with the parameter `word` replaced by `new` on line `number`, or taken out with the blank beside it where
    /// `new` is nil; everything else stays byte for byte. Nil where the line has no such word by itself, as where its
    /// value is quoted or comes from a variable.
    ///
    /// The line may be of a file that holds nothing else, of a BLS entry, or an assignment of a shell's.
    package static func replacing(
        _ word: String, with new: String?, onLine number: Int, of text: String
    ) -> String? {
        var bytes = Array(text.utf8)
        let wanted = Array(word.utf8)
        guard !wanted.isEmpty, let line = range(ofLine: number, in: bytes) else { return nil }
        let places = places(of: wanted, in: bytes, within: line)
        guard !places.isEmpty else { return nil }
        for place in places.reversed() {
            guard let new else {
                bytes.removeSubrange(withBlank(place, in: bytes, within: line))
                continue
            }
            bytes.replaceSubrange(place, with: new.utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `text` with `word` put behind the last parameter of line `number`. Nil where the line assigns a value that is
    /// not one pair of quotes: there a blank would end it.
    package static func appending(_ word: String, toLine number: Int, of text: String) -> String? {
        var bytes = Array(text.utf8)
        guard let line = range(ofLine: number, in: bytes) else { return nil }
        let start = startOfValue(in: bytes, within: line)
        var end = line.upperBound
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        if start > line.lowerBound {
            let value = bytes[start..<end]
            guard let quote = value.first, isQuote(quote), value.count > 1, value.last == quote,
                value.count(where: { $0 == quote }) == 2
            else { return nil }
            end -= 1
        }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        let isFirst = end == start || isQuote(bytes[end - 1])
        bytes.insert(contentsOf: ((isFirst ? "" : " ") + word).utf8, at: end)
        return String(decoding: bytes, as: UTF8.self)
    }

    // A line of a shell goes on behind a backslash.
    private static func range(ofLine number: Int, in bytes: [UInt8]) -> Range<Int>? {
        let lines = TextLine.lines(of: bytes)
        guard let first = lines.firstIndex(where: { $0.number == number }) else { return nil }
        var last = first
        while last + 1 < lines.count, !lines[last].range.isEmpty,
            bytes[lines[last].range.upperBound - 1] == UInt8(ascii: "\\")
        {
            last += 1
        }
        return lines[first].range.lowerBound..<lines[last].range.upperBound
    }

    private static func places(of word: [UInt8], in bytes: [UInt8], within line: Range<Int>) -> [Range<Int>] {
        let start = startOfValue(in: bytes, within: line)
        var places: [Range<Int>] = []
        var at = start
        while at + word.count <= line.upperBound {
            let place = at..<(at + word.count)
            let begins = at == start || isBoundary(bytes[at - 1])
            let ends = place.upperBound == line.upperBound || isBoundary(bytes[place.upperBound])
            if begins, ends, bytes[place].elementsEqual(word) {
                places.append(place)
                at = place.upperBound
            } else {
                at += 1
            }
        }
        return places
    }

    // Behind the `NAME=` of an assignment, whose value begins with the word itself where it is not quoted. Names of
    // variables are written in capitals, those of parameters are not.
    private static func startOfValue(in bytes: [UInt8], within line: Range<Int>) -> Int {
        let name = bytes[line].prefix { (65...90).contains($0) || $0 == UInt8(ascii: "_") }
        guard !name.isEmpty, name.endIndex < line.upperBound, bytes[name.endIndex] == UInt8(ascii: "=") else {
            return line.lowerBound
        }
        return name.endIndex + 1
    }

    // The blanks in front go with the word; those behind it where it is the first.
    private static func withBlank(_ place: Range<Int>, in bytes: [UInt8], within line: Range<Int>) -> Range<
        Int
    > {
        var start = place.lowerBound
        while start > line.lowerBound, isBlank(bytes[start - 1]) { start -= 1 }
        if start < place.lowerBound { return start..<place.upperBound }
        var end = place.upperBound
        while end < line.upperBound, isBlank(bytes[end]) { end += 1 }
        return place.lowerBound..<end
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
    }

    private static func isBoundary(_ byte: UInt8) -> Bool { isBlank(byte) || isQuote(byte) || byte == 10 }
}
