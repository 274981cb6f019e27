/// GRUB's core image as it lies on a disk behind the boot record, decoded.
package struct CoreImage: Codable, Sendable, Hashable {
    /// First 512-byte sector on the disk.
    package var sector: UInt64
    /// 512-byte sectors, redundancy included.
    package var sectors: Int
    /// Why it is not whole: "the block list points past the disk", "LZMA stream ends early"; nil when it is.
    package var damage: String?
    /// In how many sectors its redundancy puts right, at each boot, what was overwritten; nil where nothing was.
    package var mendedSectors: Int?
    /// Where it looks for its modules: `(mduuid/…)/grub`, `(,msdos1)/grub2`, `/grub`.
    package var prefix: String?
    /// The configuration embedded in it (`search.fs_uuid …`), if any.
    package var configuration: String?
    /// Names of the modules linked in.
    package var modules: [String]
    /// Hash of the core with its block list and redundancy masked, to compare with `core.img` in the GRUB directory.
    package var fingerprint: String?
    /// Symbols that the modules in /boot need and this core does not have: "symbol 'grub_…' not found".
    package var missingSymbols: [String]
    /// Modules in it that are of another build than those in /boot; nil where there were none to compare with.
    package var differingModules: [String]?

    package init(
        sector: UInt64, sectors: Int, damage: String? = nil, prefix: String? = nil,
        configuration: String? = nil,
        modules: [String] = [], fingerprint: String? = nil, missingSymbols: [String] = []
    ) {
        self.sector = sector
        self.sectors = sectors
        self.damage = damage
        self.prefix = prefix
        self.configuration = configuration
        self.modules = modules
        self.fingerprint = fingerprint
        self.missingSymbols = missingSymbols
    }

    /// What its prefix and embedded configuration lead to.
    package enum Target: Codable, Sendable, Hashable {
        /// `(mduuid/…)`: 32 hexadecimal digits.
        case array(String)
        /// `(lvmid/VG/LV)`: the two LVM UUIDs, dashed.
        case logicalVolume(group: String, volume: String)
        /// `(cryptouuid/…)`: the UUID of a LUKS container, 32 hexadecimal digits.
        case container(String)
        /// `(,msdos1)`: a partition of the disk it was started from.
        case partition(scheme: String, number: Int)
        /// `(hd0,msdos1)`: a partition of a drive, as the BIOS counts them; 0 is the one it was started from, nearly
        /// always.
        case drive(Int, scheme: String, number: Int)
        /// `search.fs_uuid` in the embedded configuration.
        case filesystem(uuid: String)
        /// `search.fs_label` in the embedded configuration.
        case label(String)
        /// Anything else, as written.
        case other(String)
    }
}
