import Bytes
import Machine

extension CoreImage {
    /// Reads the core image that a boot record loads from `sector`, a 512-byte sector counted from the disk's start.
    ///
    /// Damage is part of the answer; only a disk that cannot be read throws. With the modules of the GRUB directory
    /// it also says which of their symbols this core lacks.
    package static func read(
        from source: some ByteSource, at sector: UInt64, modules: GrubModules? = nil
    ) throws(SystemError) -> CoreImage {
        CoreImage(try LoadedCore(from: source, at: sector), sector: sector, modules: modules)
    }

    /// Reads a `core.img` file, as grub-install leaves it in the GRUB directory.
    package init(parsingFile bytes: [UInt8]) {
        self.init(LoadedCore(file: bytes), sector: 0, modules: nil)
    }

    /// GRUB as a program of the firmware's: a PE file whose section `mods` holds what a core image ends with
    /// (util/mkimage.c). Nil where the bytes hold nothing of the kind.
    package init?(parsingLoader bytes: [UInt8]) {
        guard bytes.starts(with: [0x4d, 0x5a]), let area = ModuleArea(parsing: bytes) else { return nil }
        self.init(
            sector: 0, sectors: 0, damage: area.damage, prefix: area.prefix,
            configuration: area.configuration,
            modules: area.modules)
    }

    private init(_ loaded: LoadedCore, sector: UInt64, modules: GrubModules?) {
        let sectors = (loaded.bytes.count + LoadedCore.sectorSize - 1) / LoadedCore.sectorSize
        self.init(sector: sector, sectors: sectors, damage: loaded.damage)
        guard loaded.damage == nil else { return }
        let decoded = DecodedCore(loaded)
        damage = decoded.damage
        if case .mends(let sectors) = decoded.redundancy { mendedSectors = sectors }
        prefix = decoded.area?.prefix
        configuration = decoded.area?.configuration
        self.modules = decoded.area?.modules ?? []
        fingerprint = decoded.size.flatMap { Self.fingerprint(of: decoded.image, size: $0) }
        if let modules, decoded.damage == nil {
            missingSymbols = modules.missingSymbols(in: decoded.bytes, linked: self.modules)
            differingModules = modules.differing(from: decoded.area?.sums ?? [:])
        }
    }

    /// What two cores from one grub-mkimage have in common: length and CRC with the fields masked that grub-install
    /// fills in for each disk (the block list, and the length of the redundancy at 0x10 of the decompressor).
    static func fingerprint(of core: [UInt8], size: Int) -> String? {
        guard var bytes = core.span(at: 0, count: size).map(Array.init), size >= 0x218,
            let list = LoadedCore.blockList(of: bytes)
        else { return nil }
        let listStart = 0x200 - 12 * max(1, list.count)
        for offset in Array(listStart..<0x200) + Array(0x210..<0x214) { bytes[offset] = 0 }
        let check = CRC32().standard(bytes)
        let digits = (0..<4).map { UInt8(truncatingIfNeeded: check >> (24 - 8 * $0)) }.hex
        return "\(size):\(digits)"
    }
}
