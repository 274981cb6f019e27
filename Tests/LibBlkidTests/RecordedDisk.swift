import Bytes
import Glibc

/// A disk image made of the sectors recorded from a real one, open for reading; the file itself is already unlinked.
///
/// A recording under Fixtures is "SECTORS1", the disk's size, then runs of (offset, length, bytes), all little-endian.
final class RecordedDisk {
    let descriptor: Int32
    let size: UInt64

    struct Broken: Error { var reason: String }

    init(_ name: String, here: String = #filePath) throws {
        let folder = here.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Fixtures/"
        let recording = try Self.contents(of: folder + name)
        guard recording.starts(with: Array("SECTORS1".utf8)), let size = recording.little(UInt64.self, at: 8)
        else {
            throw Broken(reason: "\(name) is no recording")
        }
        var path = Array("/tmp/bootmend-disk-XXXXXX".utf8CString)
        descriptor = mkstemp(&path)
        self.size = size
        guard descriptor >= 0, unlink(path) == 0, ftruncate(descriptor, off_t(size)) == 0 else {
            throw Broken(reason: String(cString: strerror(errno)))
        }
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

    deinit { close(descriptor) }

    private static func contents(of path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw Broken(reason: "\(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        return Array(bytes.prefix(max(0, count)))
    }
}
