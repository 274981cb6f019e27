import BootFiles
import Machine
import Testing

@testable import Distributions

@Suite struct DistributionTests {
    @Test(arguments: [
        ("debian", [], "debian"), ("ubuntu", ["debian"], "debian"),
        ("rocky", ["rhel", "centos", "fedora"], "redhat"),
        ("sles", ["suse"], "suse"), ("opensuse-slowroll", ["opensuse", "suse"], "suse"),
        ("cachyos", ["arch"], "arch"),
        ("somebodys-own", [], "debian"),
    ])
    func `os-release tells the family, by what it is and then by what it is like`(
        id: String, like: [String], family: String
    ) {
        #expect(Distributions.of(OSRelease(id: id, idLike: like)).id == family)
    }

    @Test(arguments: [
        ("debian", "/boot/initrd.img-6.1.0-28-amd64"), ("redhat", "/boot/initramfs-6.1.0-28-amd64.img"),
        ("suse", "/boot/initrd-6.1.0-28-amd64"), ("arch", "/boot/initramfs-linux.img"),
    ])
    func `each family names the image its own way`(family: String, path: String) throws {
        let distribution = try #require(Distributions.all.first { $0.id == family })
        #expect(distribution.initramfsPath(kernel: "6.1.0-28-amd64") == path)
    }

    @Test(arguments: [
        ("debian", ["mkinitramfs", "-o", "/boot/x", "6.1"]),
        (
            "redhat",
            [
                "dracut", "-f", "--no-hostonly", "--mdadmconf", "--lvmconf", "--add", "mdraid lvm dm",
                "--add-drivers",
                "raid1 dm-raid", "/boot/x", "6.1",
            ]
        ),
        ("arch", ["mkinitcpio", "-k", "6.1", "-S", "autodetect", "-g", "/boot/x"]),
    ])
    func `an image is built beside the old one, for the kernel that is named`(
        family: String, vector: [String]
    ) throws {
        let distribution = try #require(Distributions.all.first { $0.id == family })
        let needs = InitramfsNeeds(mdArrays: ["u"], lvm: true, drivers: ["raid1", "dm-raid"])
        #expect(
            distribution.rebuildInitramfs(kernel: "6.1", output: "/boot/x", needs: needs).vector == vector)
    }

    @Test func `a raid1 LV alone asks dracut for both drivers and not for MD`() {
        let arguments = Dracut.arguments(
            kernel: "3.10", output: "/boot/x",
            needs: InitramfsNeeds(lvm: true, drivers: ["dm-raid", "raid1"]))
        #expect(arguments.contains("lvm dm"))
        #expect(arguments.contains("dm-raid raid1"))
    }

    @Test(arguments: [
        (
            "debian", ["grub-mkconfig", "-o", "/boot/grub/x"],
            ["grub-install", "--target=i386-pc", "/dev/sdb"]
        ),
        (
            "redhat", ["grub2-mkconfig", "-o", "/boot/grub/x"],
            ["grub2-install", "--target=i386-pc", "/dev/sdb"]
        ),
        (
            "suse", ["grub2-mkconfig", "-o", "/boot/grub/x"],
            ["grub2-install", "--target=i386-pc", "/dev/sdb"]
        ),
        ("arch", ["grub-mkconfig", "-o", "/boot/grub/x"], ["grub-install", "--target=i386-pc", "/dev/sdb"]),
    ])
    func `grub goes to the disk, and its menu is generated without os-prober`(
        family: String, config: [String], install: [String]
    ) throws {
        let distribution = try #require(Distributions.all.first { $0.id == family })
        let command = distribution.regenerateGrubConfig(output: "/boot/grub/x")
        #expect(command.vector == config)
        #expect(command.environment["GRUB_DISABLE_OS_PROBER"] == "true")
        #expect(distribution.installGrub(on: "/dev/sdb").vector == install)
    }
}
