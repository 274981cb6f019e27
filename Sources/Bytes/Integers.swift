/// Fixed-width integers out of bytes nobody vouches for: every read is checked against the end and answers nil past it.
///
/// All of it can be compiled into its callers: unspecialised, each byte costs a hundred instructions.
extension RandomAccessCollection<UInt8> where Index == Int {
    /// The little-endian integer of `T`'s width at `offset` bytes from the start.
    @inlinable package func little<T: FixedWidthInteger>(_ type: T.Type = T.self, at offset: Int) -> T? {
        integer(type, at: offset, bigEndian: false)
    }

    /// The big-endian integer of `T`'s width at `offset` bytes from the start.
    @inlinable package func big<T: FixedWidthInteger>(_ type: T.Type = T.self, at offset: Int) -> T? {
        integer(type, at: offset, bigEndian: true)
    }

    @inlinable package func integer<T: FixedWidthInteger>(_ type: T.Type, at offset: Int, bigEndian: Bool)
        -> T?
    {
        let width = T.bitWidth / 8
        guard let bytes = span(at: offset, count: width) else { return nil }
        var value: T = 0
        for (position, byte) in bytes.enumerated() {
            let shift = (bigEndian ? width - 1 - position : position) * 8
            value |= T(truncatingIfNeeded: byte) << T(shift)
        }
        return value
    }

    /// `count` bytes from `offset` bytes after the start, or nil where they do not all exist.
    @inlinable package func span(at offset: Int, count: Int) -> SubSequence? {
        guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else { return nil }
        return self[index(startIndex, offsetBy: offset)..<index(startIndex, offsetBy: offset + count)]
    }

    /// Where `pattern` first begins, in bytes from the start.
    @inlinable package func offset(of pattern: some Collection<UInt8>, from start: Int = 0) -> Int? {
        let pattern = Array(pattern)
        guard !pattern.isEmpty, start >= 0, count >= pattern.count, start <= count - pattern.count else {
            return nil
        }
        for offset in start...(count - pattern.count)
        where self[startIndex + offset] == pattern[0] && self[(startIndex + offset)...].starts(with: pattern)
        {
            return offset
        }
        return nil
    }

    /// The text up to the first NUL (or the end), with ill-formed UTF-8 repaired.
    @inlinable package var textToNUL: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }
}
