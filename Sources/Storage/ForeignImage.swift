import Glibc
import Machine

/// Image files whose bytes are not the disk's bytes: in the format of a hypervisor, or compressed.
enum ForeignImage {
    /// Bytes that a format begins with; nil stands for any byte.
    private typealias Magic = [UInt8?]

    // qemu: docs/interop/qcow2, qed_spec and parallels; block/vmdk.c, vhdx.h, vdi.c and vpc.c.
    private static let formats: [(name: String, offset: Int, magic: Magic)] = [
        ("qcow2", 0, [0x51, 0x46, 0x49, 0xfb]), ("qed", 0, Array("QED\0".utf8)),
        ("vmdk", 0, Array("KDMV".utf8)), ("vmdk", 0, Array("# Disk DescriptorFile".utf8)),
        ("vhdx", 0, Array("vhdxfile".utf8)), ("vpc", 0, Array("conectix".utf8)),
        ("vdi", 0x40, [0x7f, 0x10, 0xda, 0xbe]),
        ("parallels", 0, Array("WithoutFreeSpace".utf8)), ("parallels", 0, Array("WithouFreSpacExt".utf8)),
    ]

    // RFC 1952, 2.3 (8 is deflate, the one method there is); xz-file-format.txt, 2.1.1.1; RFC 8878, 3.1.1; bzip2 has
    // its block size in the fourth byte, and then the magic of its first block.
    private static let compressions: [(tool: String, suffix: String, magic: Magic)] = [
        ("gzip", ".gz", [0x1f, 0x8b, 0x08]), ("xz", ".xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
        ("zstd", ".zst", [0x28, 0xb5, 0x2f, 0xfd]),
        ("bzip2", ".bz2", Array("BZh".utf8) + [nil, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
    ]

    /// Throws, with the command that makes a raw image, where the file at `path` is one of them.
    ///
    /// Not for block devices: those hold what they show.
    static func refuse(_ path: String) throws(SystemError) {
        let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
        let head = try file.read(at: 0, count: 512, of: path)
        if let format = formats.first(where: { begins(head.dropFirst($0.offset), with: $0.magic) }) {
            throw SystemError(
                "read", path, detail: "it is a \(format.name) image, not a raw one",
                hint: "qemu-img convert -O raw \(argument(path)) \(argument(path + ".raw"))")
        }
        // These are short enough for the first instructions of a boot sector, which ends with 55 AA.
        guard !head.dropFirst(510).elementsEqual([0x55, 0xaa]),
            let compression = compressions.first(where: { begins(head[...], with: $0.magic) })
        else { return }
        throw SystemError(
            "read", path, detail: "it is compressed with \(compression.tool), not a raw image",
            hint: unpacking(path, compression.tool, compression.suffix))
    }

    private static func begins(_ bytes: ArraySlice<UInt8>, with magic: Magic) -> Bool {
        bytes.count >= magic.count && zip(bytes, magic).allSatisfy { $1 == nil || $0 == $1 }
    }

    // Without its suffix a tool does not know what to call the result.
    private static func unpacking(_ path: String, _ tool: String, _ suffix: String) -> String {
        path.hasSuffix(suffix)
            ? "\(tool) -dk \(argument(path))" : "\(tool) -dc \(argument(path)) >\(argument(path + ".raw"))"
    }

    /// The path for a command line that can be pasted: no option, and to qemu no protocol ("nbd:…").
    private static func argument(_ path: String) -> String {
        let isAmbiguous = path.hasPrefix("-") || (!path.hasPrefix("/") && path.contains(":"))
        return Command.quoted(isAmbiguous ? "./" + path : path)
    }
}
