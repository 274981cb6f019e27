/// The first sector of a disk, as far as booting goes (grub-core/boot/i386/pc/boot.S).
package struct BootRecord: Codable, Sendable, Hashable {
    package enum Code: Codable, Sendable, Hashable {
        /// GRUB 2's boot.img; it loads the core image from this absolute 512-byte sector.
        case grub(coreSector: UInt64)
        case grubLegacy
        /// All zeros: the BIOS goes on to the next disk or stops.
        case empty
        /// Somebody else's, named where it is known: "Windows", "syslinux", "unknown code".
        case foreign(String)
    }

    package var code: Code
    /// `55 AA` at its end; without it a BIOS does not start the disk.
    package var hasSignature: Bool

    package init(code: Code, hasSignature: Bool) {
        self.code = code
        self.hasSignature = hasSignature
    }
}
