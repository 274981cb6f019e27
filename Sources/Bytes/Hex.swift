extension Collection<UInt8> {
    /// Lower-case hexadecimal, two digits a byte.
    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Sixteen bytes in text order as 8-4-4-4-12 (RFC 9562), or nil for another length.
    package var dashedUUID: String? {
        guard count == 16 else { return nil }
        let digits = hex
        var text = ""
        for (position, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(position) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}

extension String {
    /// The hexadecimal digits alone, lower-case: how UUIDs are compared whatever their punctuation.
    package var hexDigits: String { lowercased().filter { $0.isASCII && $0.isHexDigit } }
}
