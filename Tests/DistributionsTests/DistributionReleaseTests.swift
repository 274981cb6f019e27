import BootFiles
import Machine
import Testing

@testable import Distributions

@Suite struct `A family as it is in one release` {
    @Test(
        arguments: [
            ("rhel", "7.9", []), ("centos", "7", []), ("rhel", "8.10", ["--no-grubenv-update"]),
            ("rocky", "9.4", ["--no-grubenv-update"]), ("fedora", "29", []),
            ("fedora", "42", ["--no-grubenv-update"]),
            ("rhel", nil, []),
        ] as [(String, String?, [String])])
    func `grub2-mkconfig writes its output and nothing else`(id: String, version: String?, options: [String])
    {
        let family = Distributions.of(OSRelease(id: id, idLike: ["rhel", "fedora"], versionID: version))
        #expect(
            family.regenerateGrubConfig(output: "/boot/grub2/x").vector
                == ["grub2-mkconfig", "-o", "/boot/grub2/x"] + options)
    }

    @Test(
        arguments: [
            ("debian", [], "12", [false: nil, true: "--force-extra-removable"]),
            ("ubuntu", ["debian"], "24.04", [false: "--no-extra-removable", true: nil]),
            ("linuxmint", ["ubuntu", "debian"], "21.3", [false: "--no-extra-removable", true: nil]),
            ("ubuntu", ["debian"], "16.04", [false: nil, true: "--force-extra-removable"]),
        ] as [(String, [String], String, [Bool: String?])])
    func `the fallback path is written by Ubuntu unless it is told not to`(
        id: String, like: [String], version: String, words: [Bool: String?]
    ) throws {
        let family = Distributions.of(OSRelease(id: id, idLike: like, versionID: version))
        for (fallback, word) in words {
            let command = try #require(family.installLoaders(on: "/esp", directory: id, fallback: fallback))
            #expect(command.arguments.filter { $0.contains("extra-removable") } == [word].compactMap(\.self))
        }
    }

    @Test func `Debian with dracut alone has its images made by that`() {
        let release = OSRelease(id: "ubuntu", idLike: ["debian"], versionID: "26.04")
        let needs = InitramfsNeeds(lvm: true, luks: true, crypttab: true)
        let rebuild = { (programs: Set<Tool>) in
            Distributions.of(release, with: programs).rebuildInitramfs(
                kernel: "7.0", output: "/boot/x", needs: needs)
        }
        #expect(rebuild([.dracut, .mkinitramfs]).vector == ["mkinitramfs", "-o", "/boot/x", "7.0"])
        #expect(
            rebuild([.dracut]).vector == [
                "dracut", "-f", "--no-hostonly", "--mdadmconf", "--lvmconf", "--add", "lvm dm crypt",
                "--include", "/etc/crypttab", "/etc/crypttab", "--kernel-cmdline", "rd.auto=1", "/boot/x",
                "7.0",
            ])
        #expect(Distributions.of(release, with: [.dracut]).degradedBootAssistance.isEmpty)
    }

    @Test(arguments: [
        ("sles", "12.5", "sles12"), ("sles", "15.6", "sles"), ("opensuse-leap", "15.6", "opensuse"),
    ])
    func `the directory of SUSE's loaders is the distributor's name`(
        id: String, version: String, name: String
    ) {
        let release = OSRelease(id: id, versionID: version)
        #expect(Distributions.of(release).loaderDirectory(of: release) == name)
    }

    @Test func `the image of a SUSE opens what its menu does not name`() throws {
        let suse = Distributions.of(OSRelease(id: "sles", versionID: "15.6"))
        #expect(
            suse.rebuildInitramfs(kernel: "6.4", output: "/boot/x", needs: InitramfsNeeds(lvm: true)).vector
                == [
                    "dracut", "-f", "--no-hostonly", "--mdadmconf", "--lvmconf", "--add", "lvm dm",
                    "--kernel-cmdline",
                    "rd.auto=1", "/boot/x", "6.4",
                ])
        #expect(
            suse.rebuildInitramfs(kernel: "6.4", output: "/boot/x", needs: InitramfsNeeds()).vector == [
                "dracut", "-f", "--no-hostonly", "--mdadmconf", "--lvmconf", "/boot/x", "6.4",
            ])
    }

    @Test(
        arguments: [
            ("debian", "12", ["defaultGrub", "grubConfig"]),
            ("rhel", "7.9", ["defaultGrub", "grubConfig"]),
            ("rhel", "8.10", ["defaultGrub", "grubEnvironment", "entries"]),
            ("rhel", "9.4", ["defaultGrub", "kernelCommandLine", "entries"]),
            ("fedora", "33", ["defaultGrub", "grubEnvironment", "entries"]),
            ("fedora", "42", ["defaultGrub", "kernelCommandLine", "entries"]),
            ("sles", "15.6", ["defaultGrub", "grubConfig"]),
            ("arch", nil, ["defaultGrub", "grubConfig"]),
        ] as [(String, String?, [String])])
    func `the command line has its sources in order`(id: String, version: String?, sources: [String]) {
        let family = Distributions.of(OSRelease(id: id, versionID: version))
        #expect(family.commandLineSources.map { String("\($0)".prefix { $0 != "(" }) } == sources)
    }

    @Test func `the disks that upgrades install GRUB to are read in each family's own way`() {
        let debconf = "Name: grub-pc/install_devices\nValue: /dev/sda, /dev/sdb\n"
        #expect(Debian().installDevices(in: debconf) == ["/dev/sda", "/dev/sdb"])
        #expect(Debian().installDevices(in: "") == nil)
        #expect(Suse().installDevices(in: "/dev/sda\nactivate\n") == ["/dev/sda"])
        #expect(Suse().installDevices(in: "activate\n") == nil)
        #expect(RedHat().installDevices(in: debconf) == nil)
        #expect(RedHat().installDevicesPath == nil)
    }
}
