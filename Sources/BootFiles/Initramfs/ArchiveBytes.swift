/// The bytes of a cpio archive, front to back: as they are in the file, or as a decompressor gives them.
protocol ArchiveBytes: ~Copyable {
    /// Bytes from where the kernel counts the alignment of headers.
    var position: UInt64 { get }
    /// Bytes from the start of the image file, for messages.
    var imageOffset: UInt64 { get }
    /// A decompressor vouches for every byte; plain archives may be followed by something else.
    var isCompressed: Bool { get }

    /// Calls `body` with exactly `count` bytes and goes on behind them; nil, and at the end, where there are fewer.
    mutating func take<Result>(
        _ count: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(Interruption) -> Result?
    /// Goes on `count` bytes further; false, and at the end, where there are fewer.
    mutating func skip(_ count: UInt64) throws(Interruption) -> Bool
    /// Goes on to the first byte that is not NUL and answers it; nil at the end.
    mutating func nextAfterNULs() throws(Interruption) -> UInt8?
}

/// An archive that lies in the file as it is.
struct PlainBytes: ArchiveBytes, ~Copyable {
    private let pieces: ImagePieces

    init(_ pieces: ImagePieces) { self.pieces = pieces }

    // The kernel counts from the start of the file here (init/initramfs.c, this_header).
    var position: UInt64 { pieces.offset }
    var imageOffset: UInt64 { pieces.offset }
    var isCompressed: Bool { false }

    mutating func take<Result>(
        _ count: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(Interruption) -> Result? {
        let inPiece: Result? = try pieces.use { bytes, _ in
            guard bytes.count >= count else { return (0, nil) }
            return (count, body(UnsafeRawBufferPointer(rebasing: bytes[..<count])))
        }
        if let inPiece { return inPiece }
        let bytes = try pieces.peek(count)
        guard pieces.skip(UInt64(count)), bytes.count == count else { return nil }
        return bytes.withUnsafeBytes(body)
    }

    mutating func skip(_ count: UInt64) throws(Interruption) -> Bool { pieces.skip(count) }

    mutating func nextAfterNULs() throws(Interruption) -> UInt8? {
        guard try pieces.skipNULs() else { return nil }
        return try pieces.use { bytes, _ in (0, bytes.first) }
    }
}
