import Machine

/// A volume's bytes, read straight from the disks on which one copy of it lies.
package struct View: ByteSource {
    package let name: String
    package let size: UInt64
    /// Where each run begins in the volume, and what it is read from.
    private let runs: [(start: UInt64, piece: Piece, source: any ByteSource)]

    /// Throws where a piece lies on a disk that is not open.
    init(
        _ pieces: [Piece], name: String, on sources: (VolumeID) -> (any ByteSource)?
    ) throws(SystemError) {
        var runs: [(start: UInt64, piece: Piece, source: any ByteSource)] = []
        var start: UInt64 = 0
        for piece in pieces {
            guard let source = sources(piece.disk) else {
                throw SystemError(
                    "read", name, detail: "part of it lies on \(piece.disk), which is not there")
            }
            runs.append((start, piece, source))
            start = start &+ piece.length
        }
        self.name = name
        self.runs = runs
        size = pieces.length
    }

    package func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
        guard offset < size, count > 0 else { return [] }
        var position = offset
        var bytes: [UInt8] = []
        for run in runs
        where bytes.count < count && position >= run.start && position - run.start < run.piece.length {
            let inside = position - run.start
            let wanted = Int(min(UInt64(count - bytes.count), run.piece.length - inside))
            let got = try run.source.read(at: run.piece.offset &+ inside, count: wanted)
            // What lies in one run is handed on, not copied.
            if bytes.isEmpty { bytes = got } else { bytes += got }
            // Short means that the disk ends before the piece does.
            guard got.count == wanted else { break }
            position += UInt64(wanted)
        }
        return bytes
    }
}

/// A source whose both ends are read once: superblocks and labels all lie there.
struct Ends: ByteSource {
    let name: String
    let size: UInt64
    private let source: any ByteSource
    private let head: [UInt8]
    private let tail: [UInt8]
    private let tailStart: UInt64

    private static let headLength = 16 << 10
    // The 0.90 superblock may lie up to 128 KiB before the end.
    private static let tailLength = 132 << 10

    init(_ source: any ByteSource) throws(SystemError) {
        self.source = source
        name = source.name
        size = source.size
        head = try source.read(at: 0, count: Self.headLength)
        tailStart = size - min(UInt64(Self.tailLength), size)
        tail = try source.read(at: tailStart, count: Self.tailLength)
    }

    func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
        guard offset < size, count > 0 else { return [] }
        let wanted = Int(min(UInt64(count), size - offset))
        if offset < UInt64(head.count), let bytes = slice(head, Int(offset), wanted) { return bytes }
        if offset >= tailStart, let bytes = slice(tail, Int(offset - tailStart), wanted) { return bytes }
        return try source.read(at: offset, count: wanted)
    }

    private func slice(_ bytes: [UInt8], _ start: Int, _ count: Int) -> [UInt8]? {
        start + count <= bytes.count ? Array(bytes[start..<start + count]) : nil
    }
}
