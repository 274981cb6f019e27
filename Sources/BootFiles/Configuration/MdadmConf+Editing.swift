import Bytes

extension MdadmConf {
    /// `text` with `old` replaced by `new` on the configuration line that begins on line `number`, its continuations
    /// included; everything else stays byte for byte. `old` is found in any case, and as a whole: not inside a longer
    /// name or number, not in a comment. Nil where it is not there.
    package static func replacing(
        _ old: String, with new: String, onLine number: Int, of text: String
    ) -> String? {
        var bytes = Array(text.utf8)
        guard let line = line(number, of: bytes) else { return nil }
        let places = line.words.flatMap { Self.places(of: old, in: bytes, within: $0.range) }
        guard !places.isEmpty else { return nil }
        for place in places.reversed() { bytes.replaceSubrange(place, with: new.utf8) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `text` with the whole configuration line that begins on line `number` replaced by `new`; a comment behind it
    /// stays. Nil where no line begins there.
    package static func replacing(line number: Int, with new: String, of text: String) -> String? {
        var bytes = Array(text.utf8)
        guard let range = line(number, of: bytes)?.range else { return nil }
        bytes.replaceSubrange(range, with: new.utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `text` with one more line at its end.
    package static func appending(_ line: String, to text: String) -> String {
        text + (text.isEmpty || text.utf8.last == 10 ? "" : "\n") + line + "\n"
    }

    /// The `ARRAY` line for an array, as `mdadm --detail --scan` writes it.
    package static func arrayLine(device: String, uuid: String, metadata: String? = nil, name: String? = nil)
        -> String
    {
        var words = ["ARRAY", device]
        // 0.90 is what mdadm takes for granted and leaves out.
        if let metadata, metadata != "0.90" { words.append("metadata=" + metadata) }
        words.append("UUID=" + colonSeparated(uuid))
        if let name, !name.isEmpty { words.append("name=" + name) }
        return words.joined(separator: " ")
    }

    /// 32 digits as mdadm writes them, four groups of eight; anything else as it is.
    package static func colonSeparated(_ uuid: String) -> String {
        let digits = Array(uuid.hexDigits)
        guard digits.count == 32 else { return uuid }
        return stride(from: 0, to: 32, by: 8).map { String(digits[$0..<($0 + 8)]) }.joined(separator: ":")
    }

    private static func line(_ number: Int, of bytes: [UInt8]) -> MdadmConfLine? {
        MdadmConfLine.lines(of: bytes).first { $0.words.first?.line == number }
    }

    private static func places(of old: String, in bytes: [UInt8], within range: Range<Int>) -> [Range<Int>] {
        let wanted = old.utf8.map(lowercased)
        guard !wanted.isEmpty, range.count >= wanted.count else { return [] }
        var places: [Range<Int>] = []
        var start = range.lowerBound
        while start <= range.upperBound - wanted.count {
            let place = start..<(start + wanted.count)
            let isWhole =
                (start == range.lowerBound || !isNamePart(bytes[start - 1]))
                && (place.upperBound == range.upperBound || !isNamePart(bytes[place.upperBound]))
            if isWhole, zip(bytes[place], wanted).allSatisfy({ lowercased($0) == $1 }) {
                places.append(place)
                start = place.upperBound
            } else {
                start += 1
            }
        }
        return places
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        (48...58).contains(byte) || (97...122).contains(lowercased(byte)) || [45, 46, 47, 95].contains(byte)
    }
}

extension MdadmConfLine {
    /// From its first word to the end of its last.
    fileprivate var range: Range<Int>? {
        guard let first = words.first, let last = words.last else { return nil }
        return first.range.lowerBound..<last.range.upperBound
    }
}
