import Bytes
import Glibc
import Machine

/// Copies and compares bytes of open files piece by piece: images of hundreds of megabytes never lie in memory.
enum Copying {
    static let piece = 1 << 20

    /// Copies `size` bytes and returns their CRC-32. Throws where the source is shorter.
    static func copy(
        _ source: borrowing Descriptor, at start: UInt64, size: UInt64, of from: String,
        to target: borrowing Descriptor, at place: UInt64, of to: String
    ) throws(SystemError) -> UInt32 {
        let crc = CRC32()
        var running: UInt32 = 0xffff_ffff
        var done: UInt64 = 0
        while done < size {
            let bytes = try source.read(
                at: start + done, count: Int(min(UInt64(piece), size - done)), of: from)
            guard !bytes.isEmpty else {
                throw SystemError("read", from, detail: "it ends after \(done) of \(size) bytes")
            }
            try target.write(bytes, at: place + done, of: to)
            running = crc.raw(bytes, initial: running)
            done += UInt64(bytes.count)
        }
        return ~running
    }

    /// The CRC-32 of `size` bytes; nil where there are fewer.
    static func checksum(
        _ source: borrowing Descriptor, at start: UInt64, size: UInt64, of name: String
    ) throws(SystemError) -> UInt32? {
        let crc = CRC32()
        var running: UInt32 = 0xffff_ffff
        var done: UInt64 = 0
        while done < size {
            let bytes = try source.read(
                at: start + done, count: Int(min(UInt64(piece), size - done)), of: name)
            guard !bytes.isEmpty else { return nil }
            running = crc.raw(bytes, initial: running)
            done += UInt64(bytes.count)
        }
        return ~running
    }

    /// Whether `size` bytes are the same in both.
    static func isSame(
        _ one: borrowing Descriptor, at start: UInt64, of first: String, _ other: borrowing Descriptor,
        at place: UInt64, of second: String, size: UInt64
    ) throws(SystemError) -> Bool {
        var done: UInt64 = 0
        while done < size {
            let count = Int(min(UInt64(piece), size - done))
            let bytes = try one.read(at: start + done, count: count, of: first)
            guard bytes.count == count, try other.read(at: place + done, count: count, of: second) == bytes
            else {
                return false
            }
            done += UInt64(count)
        }
        return true
    }
}
