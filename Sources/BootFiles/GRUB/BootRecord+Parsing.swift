import Bytes

extension BootRecord {
    /// Reads the first 512 bytes of a disk; bytes that are missing make it foreign, not an error.
    package init(parsing sector: [UInt8]) {
        let signature: UInt16? = sector.little(at: 0x1fe)
        self.init(code: Self.code(of: sector), hasSignature: signature == 0xaa55)
    }

    // Only the first 440 bytes are code; the disk signature and the partition table follow.
    private static func code(of sector: [UInt8]) -> Code {
        guard let code = sector.span(at: 0, count: 440).map(Array.init) else {
            return .foreign("a sector that ends early")
        }
        guard code.contains(where: { $0 != 0 }) else { return .empty }
        if isStageOne(code) {
            if code.starts(with: [0xeb, 0x63]), let coreSector = coreSector(of: sector) {
                return .grub(coreSector: coreSector)
            }
            // GRUB Legacy's stage1 jumps to 0x4a (stage1/stage1.S).
            if code.starts(with: [0xeb, 0x48]) { return .grubLegacy }
        }
        return .foreign(origin(of: code))
    }

    // The messages of boot.S lie next to one another in every build; where they lie moves by a few bytes.
    private static func isStageOne(_ code: [UInt8]) -> Bool {
        code.offset(of: Array("Geom\0Hard Disk\0Read\0 Error".utf8)) != nil
    }

    // GRUB_BOOT_MACHINE_KERNEL_SECTOR is 0x5c. boot_hybrid.img, for disks that are CDs as well, keeps code there and
    // the sector at 0x1b0 (boot.S, HYBRID_BOOT).
    private static func coreSector(of sector: [UInt8]) -> UInt64? {
        let isHybrid = sector.span(at: 3, count: 4)?.allSatisfy { $0 == 0x90 } ?? false
        return sector.little(at: isHybrid ? 0x1b0 : 0x5c)
    }

    // What the code of other boot records prints; the first match names it.
    private static func origin(of code: [UInt8]) -> String {
        let marks: [(text: String, origin: String)] = [
            ("LILO", "LILO"),
            ("isolinux", "isolinux"),
            ("SYSLINUX", "syslinux"),
            ("Operating system load error", "syslinux"),
            ("BOOTMGR", "Windows"),
            ("Error loading operating system", "Windows"),
            ("This is not a bootable disk", "a FAT filesystem"),
            ("Non-System disk", "a FAT filesystem"),
            ("XFSB", "an XFS filesystem"),
        ]
        for mark in marks where code.offset(of: Array(mark.text.utf8)) != nil { return mark.origin }
        return "unknown code"
    }
}
