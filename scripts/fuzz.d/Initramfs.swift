import Machine

@testable import BootFiles

extension Target {
    static let initramfs = [
        Target("initramfs", upTo: 16384, image),
        Target("cpio", upTo: 8192) { image(Array("07070".utf8) + $0) },
        Target("gzip", upTo: 8192) { image([0x1f, 0x8b] + $0) },
        // Small: 45 bytes of it come to 900,000.
        Target("bzip2", upTo: 1024) { image(Array("BZh".utf8) + $0) },
        Target("xz", upTo: 8192) { image([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0] + $0) },
        Target("lzma", upTo: 4096) { image([0x5d, 0, 0] + $0) },
        Target("zstd", upTo: 8192) { image([0x28, 0xb5, 0x2f, 0xfd] + $0) },
        Target("lz4", upTo: 8192) { image([0x02, 0x21, 0x4c, 0x18] + $0) },
        Target("lz4-frame", upTo: 8192) { image([0x04, 0x22, 0x4d, 0x18] + $0) },
        Target("modules-dep", upTo: 8192) { _ = ModulesDep.parse(text($0)) },
        Target("modules-builtin", upTo: 8192) { _ = ModulesDep.names(text($0)) },
        Target("kmod-index", upTo: 8192) { bytes in _ = bytes.withUnsafeBytes { KmodIndex($0) } },
    ]

    private static func image(_ bytes: [UInt8]) { _ = try? InitramfsReader.read(MemorySource(bytes)) }
}
