import Glibc
import Machine

/// The file of an initramfs, read front to back in pieces, so that its size costs no memory.
final class ImagePieces {
    private let source: any ByteSource
    private let pieceSize: Int
    private var piece: [UInt8] = []
    /// Bytes of `piece` that are used up.
    private var used = 0
    /// Where the next piece begins.
    private var next: UInt64 = 0
    /// Less than `source.size` once a read came up short: the file shrank, or its size was a lie.
    private(set) var size: UInt64
    /// Bytes that its archives have come to so far.
    var unpacked: UInt64 = 0

    init(_ source: any ByteSource, pieceSize: Int = 256 << 10) {
        self.source = source
        self.pieceSize = pieceSize
        size = source.size
    }

    /// Bytes from the start of the file to the first unused one.
    var offset: UInt64 { next - UInt64(piece.count - used) }

    /// Calls `body` with what is there of the current piece and whether the file ends with it. `body` answers how much
    /// it used.
    func use<Result>(
        _ body: (UnsafeRawBufferPointer, _ isLast: Bool) -> (used: Int, Result)
    ) throws(Interruption) -> Result {
        try refill()
        let isLast = next >= size
        let (count, result) = piece.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[used...]), isLast)
        }
        used += min(max(0, count), piece.count - used)
        return result
    }

    /// Up to `count` bytes from here on, which stay unused; fewer only at the end.
    func peek(_ count: Int) throws(Interruption) -> [UInt8] {
        try refill()
        if piece.count - used >= count || next >= size { return Array(piece[used...].prefix(count)) }
        do {
            return try source.read(at: offset, count: count)
        } catch { throw Self.interruption(error, at: offset) }
    }

    /// Goes on `count` bytes further without reading what lies between; false, and at the end, where there are fewer.
    func skip(_ count: UInt64) -> Bool {
        let there = UInt64(piece.count - used)
        if count <= there {
            used += Int(count)
            return true
        }
        let reaches = count <= size - min(size, offset)
        next = reaches ? offset + count : max(size, next)
        piece = []
        used = 0
        return reaches
    }

    /// Goes on to the first byte that is not NUL; false where there is none.
    func skipNULs() throws(Interruption) -> Bool {
        while true {
            let (found, isLast) = try use { bytes, isLast in
                let count = bytes.countOfLeadingNULs
                return (used: count, (count < bytes.count, isLast))
            }
            if found { return true }
            if isLast { return false }
        }
    }

    private func refill() throws(Interruption) {
        guard used == piece.count, next < size else { return }
        let wanted = Int(min(UInt64(pieceSize), size - next))
        do {
            piece = try source.read(at: next, count: wanted)
        } catch { throw Self.interruption(error, at: next) }
        used = 0
        next += UInt64(piece.count)
        if piece.count < wanted { size = next }
    }

    // A bad sector under the image is what keeps the machine from booting, so it is a fact; anything else is not.
    private static func interruption(_ error: SystemError, at offset: UInt64) -> Interruption {
        guard error.number == EIO || error.number == EILSEQ || error.number == EBADMSG else {
            return .failed(error)
        }
        return .damage(.init(kind: .unreadable, reason: error.description, offset: offset))
    }
}

/// Why reading an image stopped before its end.
enum Interruption: Error {
    case damage(InitramfsFacts.Damage)
    case notLookedInto(String)
    case failed(SystemError)
}

extension UnsafeRawBufferPointer {
    /// Eight bytes at a time: a crash leaves files of hundreds of megabytes of NUL bytes.
    var countOfLeadingNULs: Int {
        var index = 0
        while count - index >= 8, loadUnaligned(fromByteOffset: index, as: UInt64.self) == 0 { index += 8 }
        while index < count, self[index] == 0 { index += 1 }
        return index
    }
}
