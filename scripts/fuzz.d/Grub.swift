import Bytes
import Machine

@testable import BootFiles

extension Target {
    static let grub = [
        Target("boot-record", upTo: 8192) { bytes in
            guard case .grub(let sector) = BootRecord(parsing: Array(bytes.prefix(512))).code else { return }
            read(try? CoreImage.read(from: FoldedSource(bytes), at: sector))
        },
        Target("core-image", upTo: 1 << 16) { read(CoreImage(parsingFile: $0)) },
        Target("core-redundancy", upTo: 16384) { bytes in
            guard let end: UInt16 = bytes.little(at: 0), bytes.count > 2 else { return }
            var image = bytes
            _ = CoreRedundancy.mend(&image, data: 2..<max(3, Int(end)))
        },
        Target("raw-lzma", upTo: 8192) { _ = RawLZMA()?.decode($0[...], size: 1 << 16) },
        Target("module-area", upTo: 8192) { _ = ModuleArea(parsing: $0) },
        Target("elf-module", upTo: 16384) { _ = ELFModule(parsing: $0) },
        Target("unified-image", upTo: 8192) { _ = UnifiedImage(parsing: $0) },
        Target("loader", upTo: 8192) {
            _ = CoreImage(parsingLoader: $0)
            _ = FirmwareProgram(parsing: $0)?.isSigned
        },
        Target("boot-option", upTo: 4096) { _ = BootOption(number: 0, parsing: $0) },
        Target("moddep") { _ = GrubModules.dependencies(parsing: text($0)) },
        Target("missing-symbols") { bytes in
            let (names, core) = bytes.halves(at: 10)
            let needs = text(names).split(separator: " ").map(String.init)
            _ = GrubModules(path: "/grub", modules: [.init(name: "normal", needs: needs)])
                .missingSymbols(in: core, linked: [])
        },
        Target("grub-config", upTo: 8192) { bytes in
            let config = GrubConfig(parsing: bytes)
            _ = config.defaultEntry.flatMap(config.entry(chosenBy:))
        },
        Target("grubenv", upTo: 2048) { _ = GrubEnvironment(parsing: $0) },
        Target("bls") { bytes in
            let (entry, variables) = bytes.halves()
            let environment = GrubEnvironment(
                parsing: Array("# GRUB Environment Block\n".utf8) + variables)
            let parsed = BLSEntry(parsing: text(entry), file: "fuzz.conf")
            _ = parsed.commandLine(environment: environment)
            _ = parsed.images(environment: environment)
        },
        Target("bls-order", upTo: 256) { bytes in
            let (one, other) = bytes.halves()
            _ = BLSEntry.inMenuOrder([one, other].map { BLSEntry(parsing: "", file: text($0)) })
        },
    ]

    private static func read(_ core: CoreImage?) {
        _ = core?.target
        _ = core?.directory
    }
}
