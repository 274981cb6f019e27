import Glibc
import Machine
import TestFiles
import Testing

@testable import Storage

/// Files that hold a disk and are none: which they are, and what makes a raw image of them.
struct ForeignImageTests {
    @Test(
        arguments: [
            ("qcow2", [0x51, 0x46, 0x49, 0xfb]), ("qed", Array("QED\0".utf8)), ("vmdk", Array("KDMV".utf8)),
            ("vmdk", Array("# Disk DescriptorFile\nversion=1\n".utf8)), ("vhdx", Array("vhdxfile".utf8)),
            ("vpc", Array("conectix".utf8)),
            ("vdi", [UInt8](repeating: 0, count: 0x40) + [0x7f, 0x10, 0xda, 0xbe]),
            ("parallels", Array("WithoutFreeSpace".utf8)), ("parallels", Array("WithouFreSpacExt".utf8)),
        ] as [(name: String, magic: [UInt8])], [nil, 65536])
    func `an image that only a hypervisor reads is refused with the way out, however short`(
        format: (name: String, magic: [UInt8]), size: Int?
    ) throws {
        let disk = try RecordedDisk(bytes: format.magic, size: size)
        let error = #expect(throws: SystemError.self) { _ = try StorageMap.of(disk) }
        #expect(error?.detail == "it is a \(format.name) image, not a raw one")
        #expect(error?.hint == "qemu-img convert -O raw \(disk.path) \(disk.path).raw")
    }

    static let compressions: [(tool: String, suffix: String, magic: [UInt8])] = [
        ("gzip", ".gz", [0x1f, 0x8b, 0x08]), ("xz", ".xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
        ("zstd", ".zst", [0x28, 0xb5, 0x2f, 0xfd]), ("bzip2", ".bz2", Array("BZh91AY&SY".utf8)),
    ]

    @Test(arguments: compressions)
    func `a compressed image is refused with the command that unpacks it`(
        tool: String, suffix: String, magic: [UInt8]
    ) throws {
        let disk = try RecordedDisk(bytes: magic, size: 65536)
        let error = #expect(throws: SystemError.self) { _ = try StorageMap.of(disk) }
        #expect(error?.detail == "it is compressed with \(tool), not a raw image")
        #expect(error?.hint == "\(tool) -dc \(disk.path) >\(disk.path).raw")
        let named = disk.path + suffix
        try #require(link(disk.path, named) == 0)
        defer { unlink(named) }
        let again = #expect(throws: SystemError.self) { try ForeignImage.refuse(named) }
        #expect(again?.hint == "\(tool) -dk \(named)")
    }

    @Test(arguments: compressions)
    func `a boot sector that begins like a compressed file is a disk's`(
        tool: String, suffix: String, magic: [UInt8]
    ) throws {
        let disk = try RecordedDisk(bytes: magic, size: 65536)
        disk.write([0x55, 0xaa], at: 510)
        #expect(throws: Never.self) { try ForeignImage.refuse(disk.path) }
    }

    @Test(
        arguments: [
            [], [0x1f, 0x8b], [0x1f, 0x8b, 0x00], Array("BZh9".utf8), Array("QED ".utf8), Array("QFI".utf8),
            Array("WithoutFreeSpac".utf8), Array("KDM".utf8) + [0],
        ] as [[UInt8]], [nil, 65536])
    func `what only resembles one is a raw image`(bytes: [UInt8], size: Int?) throws {
        let disk = try RecordedDisk(bytes: bytes, size: size)
        #expect(throws: Never.self) { try ForeignImage.refuse(disk.path) }
    }

    @Test func `a name that a shell would take apart is quoted`() throws {
        let disk = try RecordedDisk(bytes: Array("QED\0".utf8))
        let named = disk.path + " sp ace'q"
        try #require(link(disk.path, named) == 0)
        defer { unlink(named) }
        let quoted = disk.path + #" sp ace'\''q"#
        let error = #expect(throws: SystemError.self) { try ForeignImage.refuse(named) }
        #expect(error?.hint == "qemu-img convert -O raw '\(quoted)' '\(quoted).raw'")
    }
}
