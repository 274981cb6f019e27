/// What begins at a place of an initramfs file, by its first bytes (kernel: lib/decompress.c; lsinitrd, skipcpio).
enum InitramfsCompression {
    case none
    case gzip, bzip2, lzma, xz, lz4Legacy, lz4Frame, zstd
    /// Known, and nothing here unpacks it.
    case foreign(String)

    /// Bytes that decide.
    static var magicSize: Int { 512 }

    init?(_ bytes: [UInt8]) {
        let magics: [([UInt8], InitramfsCompression)] = [
            (Array("07070".utf8), .none),
            ([0x1f, 0x8b], .gzip),
            (Array("BZh".utf8), .bzip2),
            ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], .xz),
            ([0x28, 0xb5, 0x2f, 0xfd], .zstd),
            ([0x02, 0x21, 0x4c, 0x18], .lz4Legacy),
            ([0x04, 0x22, 0x4d, 0x18], .lz4Frame),
            ([0x5d, 0x00], .lzma),
            ([0x89, 0x4c, 0x5a, 0x4f], .foreign("lzop-compressed archive")),
            ([0x1f, 0x9e], .foreign("archive of an old gzip")),
            (Array("MZ".utf8), .foreign("EFI image (unified kernel image)")),
            (Array("hsqs".utf8), .foreign("squashfs image")),
            (Array("-rom1fs-".utf8), .foreign("romfs image")),
            ([0x45, 0x3d, 0xcd, 0x28], .foreign("cramfs image")),
        ]
        guard let match = magics.first(where: { bytes.starts(with: $0.0) }) else { return nil }
        self = match.1
    }

    var name: String {
        switch self {
        case .none: "none"
        case .gzip: Gzip.name
        case .bzip2: Bzip2.name
        case .lzma: Lzma<LzmaAloneFormat>.name
        case .xz: Lzma<XzFormat>.name
        case .lz4Legacy: Lz4Legacy.name
        case .lz4Frame: Lz4Frame.name
        case .zstd: Zstd.name
        case .foreign(let what): what.hasPrefix("lzop") ? "lzop" : what
        }
    }

    /// Why no kernel unpacks it, where that can be told from its first bytes.
    func refusal(_ bytes: [UInt8]) -> String? {
        switch self {
        case .lz4Frame: return "the kernel reads only lz4's legacy format ('lz4 -l')"
        case .xz:
            // Stream flags, the integrity check's number in the low four bits (xz-file-format 2.1.1.2). The kernel's
            // decoder verifies CRC32 or nothing (Documentation/staging/xz.rst).
            guard bytes.count > 7, bytes[7] & 15 > 1 else { return nil }
            return "the kernel unpacks xz only with '--check=crc32' or none"
        case .none, .gzip, .bzip2, .lzma, .lz4Legacy, .zstd, .foreign: return nil
        }
    }
}
