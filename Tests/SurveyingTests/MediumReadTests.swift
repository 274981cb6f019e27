import Machine
import TestFiles
import Testing

@testable import Surveying

@Suite struct `the medium` {
    @Test func `is what its tree says`() throws {
        let tree = try TemporaryDirectory([
            "proc/sys/kernel/osrelease": "6.1.0-28-amd64\n", "sys/firmware/efi/fw_platform_size": "64\n",
            "lib/modules/6.1.0-28-amd64/modules.dep": "kernel/drivers/md/md-mod.ko.xz:\n",
            "sys/class/misc/device-mapper/dev": "10:236\n", "usr/sbin/mdadm": "",
        ])
        #expect(
            Medium.read(try tree.root())
                == Medium(
                    kernel: "6.1.0-28-amd64", firmware: .uefi, hasMD: true, hasDeviceMapper: true, tools: []))
    }

    @Test func `without drivers and tools has none`() throws {
        let tree = try TemporaryDirectory(["proc/sys/kernel/osrelease": "3.10.0\n"])
        #expect(
            Medium.read(try tree.root())
                == Medium(kernel: "3.10.0", firmware: .bios, hasMD: false, hasDeviceMapper: false, tools: []))
    }

    @Test func `can be read as it runs here`() throws {
        #expect(!Medium.read(try RootDirectory("/")).kernel.isEmpty)
    }
}
