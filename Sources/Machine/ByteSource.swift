/// Something that holds bytes and can be read anywhere: a disk, an image file, or a volume pieced together of both.
package protocol ByteSource: Sendable {
    /// What messages call it.
    var name: String { get }
    /// Bytes it holds.
    var size: UInt64 { get }
    /// `count` bytes from `offset`; fewer only at the end.
    func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8]
}

/// Bytes in memory, for parsers that are tested without a disk.
package struct MemorySource: ByteSource {
    package let name: String
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8], name: String = "memory") {
        self.bytes = bytes
        self.name = name
    }

    package var size: UInt64 { UInt64(bytes.count) }

    package func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
        guard offset < size else { return [] }
        let start = Int(offset)
        return Array(bytes[start..<start + min(bytes.count - start, max(0, count))])
    }
}
