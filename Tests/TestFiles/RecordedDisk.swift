import Bytes
import Glibc

/// A disk image made of the sectors recorded from a real one; the file goes when its owner does.
package final class RecordedDisk: Sendable {
    package let path: String
    /// Open for reading and writing as long as there is an owner.
    package let descriptor: Int32
    package let size: UInt64
    private let directory: TemporaryDirectory

    package struct Broken: Error { package var reason: String }

    /// Plays the recording `name` under Fixtures back, with `change` made to the bytes first.
    package convenience init(
        _ name: String, here: String = #filePath, change: (inout [UInt8]) -> Void = { _ in }
    ) throws {
        let folder = here.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Fixtures/"
        var recording = try Self.contents(of: folder + name)
        change(&recording)
        guard recording.starts(with: Array("SECTORS1".utf8)), let size = recording.little(UInt64.self, at: 8)
        else {
            throw Broken(reason: "\(name) is no recording")
        }
        try self.init(size: size, called: name)
        var position = 16
        while let offset = recording.little(UInt64.self, at: position),
            let length = recording.little(UInt64.self, at: position + 8),
            let bytes = recording.span(at: position + 16, count: Int(length))
        {
            let written = Array(bytes).withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset))
            }
            guard written == bytes.count else { throw Broken(reason: "the disk is full") }
            position += 16 + Int(length)
        }
    }

    /// An image of these very bytes.
    package convenience init(bytes: [UInt8], size: Int? = nil) throws {
        try self.init(size: UInt64(size ?? bytes.count), called: "bytes")
        write(bytes, at: 0)
    }

    private init(size: UInt64, called name: String) throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/" + name
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        self.size = size
        guard descriptor >= 0, ftruncate(descriptor, off_t(size)) == 0 else {
            throw Broken(reason: String(cString: strerror(errno)))
        }
    }

    /// Puts an MBR with one partition on it, in 512-byte sectors.
    package func writeTable(start: UInt32, count: UInt32) {
        var sector = [UInt8](repeating: 0, count: 512)
        sector[0x1c2] = 0x83
        withUnsafeBytes(of: start.littleEndian) { sector.replaceSubrange(0x1c6..<0x1ca, with: $0) }
        withUnsafeBytes(of: count.littleEndian) { sector.replaceSubrange(0x1ca..<0x1ce, with: $0) }
        sector.replaceSubrange(510..<512, with: [0x55, 0xaa])
        write(sector, at: 0)
    }

    package func write(_ bytes: [UInt8], at offset: Int) {
        _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
    }

    deinit {
        close(descriptor)
    }

    private static func contents(of path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw Broken(reason: "\(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        return Array(bytes.prefix(max(0, count)))
    }
}
