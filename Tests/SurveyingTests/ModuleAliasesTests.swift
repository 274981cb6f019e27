import Machine
import Testing

@testable import Surveying

@Suite struct `module aliases` {
    // Lines of Debian 12's modules.alias, and the aliases of a QEMU machine's disks.
    let text = """
        # Aliases extracted from modules themselves.
        alias pci:v00001AF4d*sv*sd*bc*sc*i* virtio_pci
        alias virtio:d00000008v* virtio-scsi
        alias virtio:d00000002v* virtio_blk
        alias scsi:t-0x00* sd_mod
        alias pci:v*d*sv*sd*bc01sc06i01* ahci
        alias fs-ext4 ext4
        """

    @Test(arguments: [
        ("virtio:d00000008v00001AF4", ["virtio_scsi"]),
        ("pci:v00001AF4d00001004sv00001AF4sd00000008bc01sc00i00", ["virtio_pci"]),
        ("scsi:t-0x00", ["sd_mod"]),
        ("pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i01", ["ahci"]),
    ])
    func `name the drivers of a controller`(device: String, modules: [String]) {
        #expect(ModuleAliases(parsing: text).modules(driving: [device]) == [device: modules])
    }

    @Test func `leave out what nothing drives`() {
        #expect(ModuleAliases(parsing: text).modules(driving: ["acpi:PNP0A03:", "fs-ext4"]).isEmpty)
    }

    @Test(arguments: [
        ("abc", "a*c", true), ("abc", "a?c", true), ("abc", "a[a-c]c", true), ("abc", "a[xyz]c", false),
        ("abc", "*", true), ("", "*", true), ("", "", true), ("abc", "ab", false), ("ab", "abc", false),
        ("aXbXc", "*b*c", true), ("abc", "a[bc", false), ("abc", "[", false),
    ])
    func `match as fnmatch does`(name: String, pattern: String, matches: Bool) {
        #expect(ModuleAliases.matches(Array(name.utf8), Array(pattern.utf8)) == matches)
    }

    @Test func `that are made to take for ever do not`() {
        let name = [UInt8](repeating: UInt8(ascii: "a"), count: 4096)
        let pattern = Array(String(repeating: "a*", count: 250).utf8) + [UInt8(ascii: "b")]
        let start = Clock.milliseconds()
        #expect(!ModuleAliases.matches(name, pattern))
        #expect(Clock.milliseconds() - start < 5000)
    }
}
