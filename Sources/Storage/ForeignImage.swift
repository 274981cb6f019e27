import Glibc
import Machine

/// Disk images in formats of hypervisors, whose bytes are not the disk's bytes.
enum ForeignImage {
    // qemu: docs/interop/qcow2.txt, block/vmdk.c, block/vhdx.h, block/vdi.c, block/vpc.c.
    private static let kinds: [(name: String, offset: Int, magic: [UInt8])] = [
        ("qcow2", 0, [0x51, 0x46, 0x49, 0xfb]), ("vmdk", 0, Array("KDMV".utf8)),
        ("vhdx", 0, Array("vhdxfile".utf8)),
        ("vdi", 0x40, [0x7f, 0x10, 0xda, 0xbe]), ("vpc", 0, Array("conectix".utf8)),
    ]

    /// Throws, with the command that makes a raw image, where `path` is one of them.
    static func refuse(_ path: String) throws(SystemError) {
        let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
        let head = try file.read(at: 0, count: 512, of: path)
        for kind in kinds where head.count == 512 && head[kind.offset...].starts(with: kind.magic) {
            throw SystemError(
                "read", path, detail: "it is a \(kind.name) image, not a raw one",
                hint: "qemu-img convert -O raw \(path) \(path).raw")
        }
    }
}
