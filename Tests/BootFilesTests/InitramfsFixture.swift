import BootFiles
import Machine

/// Recorded images and depmod's files under Fixtures/Initramfs; `make` there says how they came about.
enum InitramfsFixture {
    static let version = "6.1.0-50-amd64"

    static func directory() throws -> RootDirectory {
        let here = String(describing: #filePath)
        return try RootDirectory(
            here.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Fixtures/Initramfs")
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        guard let bytes = try directory().read(name) else { throw SystemError("find", name) }
        return bytes
    }

    static func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }
}

/// A cpio archive built entry by entry, for what no tool would write.
struct Archive {
    private(set) var bytes: [UInt8] = []

    init() {}

    static let file: UInt32 = 0o100644
    static let program: UInt32 = 0o100755
    static let directory: UInt32 = 0o040755
    static let link: UInt32 = 0o120777

    mutating func add(
        _ name: String, _ body: [UInt8] = [], mode: UInt32 = Archive.file, inode: UInt32 = 1,
        links: UInt32 = 1,
        magic: String = "070701", claiming size: UInt32? = nil
    ) {
        let nameBytes = Array(name.utf8) + [0]
        let fields: [UInt32] = [
            inode, mode, 0, 0, links, 0, size ?? UInt32(body.count), 8, 1, 0, 0, UInt32(nameBytes.count), 0,
        ]
        bytes += Array(magic.utf8)
        for field in fields {
            let digits = String(field, radix: 16, uppercase: true)
            bytes += Array((String(repeating: "0", count: 8 - digits.count) + digits).utf8)
        }
        bytes += nameBytes
        pad()
        bytes += body
        pad()
    }

    mutating func add(_ name: String, text: String, mode: UInt32 = Archive.file) {
        add(name, Array(text.utf8), mode: mode)
    }

    mutating func link(_ name: String, to target: String) { add(name, Array(target.utf8), mode: Self.link) }

    mutating func end() { add("TRAILER!!!", mode: 0) }

    private mutating func pad() { while bytes.count % 4 != 0 { bytes.append(0) } }

    /// The archive with its end, read.
    consuming func facts() throws -> InitramfsFacts {
        end()
        return try InitramfsReader.read(MemorySource(bytes))
    }
}

/// A disk whose sectors from some byte on cannot be read.
struct FailingSource: ByteSource {
    let bytes: [UInt8]
    let failsFrom: UInt64
    let number: Int32
    var name: String { "failing" }
    var size: UInt64 { UInt64(bytes.count) }

    func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
        guard offset + UInt64(count) <= failsFrom else {
            throw SystemError("read at byte \(failsFrom) of", name, number: number)
        }
        return try MemorySource(bytes).read(at: offset, count: count)
    }
}
