import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct GrubStepTests {
    @Test func `a menu that searches for the old filesystem loads no kernel`() throws {
        var mirror = try Mirror()
        for index in mirror.config?.entries.indices ?? 0..<0 {
            mirror.config?.entries[index].searches = [.init(line: 120, value: Mirror.gone)]
            mirror.config?.entries[index].roots = [.init(line: 119, value: "hd0,msdos1")]
        }
        #expect(mirror.wrongSteps == [.grubConfig])
        #expect(try mirror.finding("grub-config.no-such-filesystem").severity == .blocker)
    }

    @Test func `a search that fails is survived where set root leads to the array`() throws {
        var mirror = try Mirror()
        mirror.config?.entries[0].searches = [.init(line: 120, value: Mirror.gone)]
        let finding = try mirror.finding("grub-config.no-such-filesystem")
        #expect(finding.severity == .warning)
        #expect(mirror.diagnosis.verdict == .degraded)
    }

    @Test func `a core image that its redundancy puts right is a warning, and the disk boots`() throws {
        var mirror = try Mirror()
        let answers = mirror.bootsAlone
        mirror.survey.diskBoots[0].core?.mendedSectors = 4
        #expect(mirror.wrongSteps == [.grubInstall])
        let finding = try mirror.finding("grub-install.overwritten-core")
        #expect(finding.severity == .warning)
        #expect(finding.evidence.first?.seen.hasPrefix("4 of its ") == true)
        #expect(finding.remedies.count == 1)
        #expect(mirror.diagnosis.verdict == .degraded)
        #expect(mirror.bootsAlone == answers)
    }

    @Test func `the entries of another system start what lies on that one's filesystem`() throws {
        var mirror = try Mirror()
        mirror.plugIn("/dev/sdc", partitions: [1 << 30])
        let other = "07e50000-0000-4000-8000-0000000007e5"
        try mirror.change("/dev/sdc#1") {
            $0.signature = Signature(type: "ext4", usage: "filesystem", uuid: other)
        }
        mirror.config?.entries[2].searches = [.init(line: 200, value: other)]
        mirror.config?.entries[2].kernel?.value = "/boot/vmlinuz-6.12.1-other"
        mirror.config?.entries[2].arguments = "root=UUID=\(other) ro"
        #expect(mirror.wrongSteps == [.grubConfig])
        mirror.survey.installations.append(
            Installation(root: VolumeID("/dev/sdc#1"), release: OSRelease(id: "arch")))
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test
    func `paths in a subvolume begin at the top of the btrfs, or at the subvolume where GRUB is told so`()
        throws
    {
        var mirror = try Mirror()
        let path = "(mduuid/\(Mirror.arrayUUID.filter(\.isHexDigit)))"
        mirror.installation.root = mirror.survey.bootDirectories[0].volume
        mirror.installation.fstab?.text = ""
        mirror.survey.bootDirectories[0].path = "/boot"
        mirror.survey.bootDirectories[0].subvolume = "@"
        func name(_ directory: String) {
            for index in mirror.config?.entries.indices ?? 0..<0 {
                mirror.config?.entries[index].kernel?.value = "\(directory)/vmlinuz-\(Mirror.kernel)"
                mirror.config?.entries[index].initrds = [
                    .init(line: 1, value: "\(directory)/initrd.img-\(Mirror.kernel)")
                ]
            }
            for index in mirror.survey.diskBoots.indices {
                mirror.survey.diskBoots[index].core?.prefix = path + directory + "/grub"
            }
        }
        func misses() -> Set<String> {
            let told = [
                "grub-config.no-such-kernel", "grub-config.no-such-image", "grub-install.stale-prefix",
            ]
            return Set(mirror.diagnosis.findings.map(\.id).filter(told.contains))
        }
        name("/@/boot")
        #expect(misses().isEmpty)
        name("/boot")
        #expect(
            misses() == [
                "grub-config.no-such-kernel", "grub-config.no-such-image", "grub-install.stale-prefix",
            ])
        mirror.config?.isRelative = true
        for index in mirror.survey.diskBoots.indices {
            mirror.survey.diskBoots[index].core?.configuration = "set btrfs_relative_path=\"yes\"\n"
        }
        #expect(misses().isEmpty)
    }

    @Test
    func
        `a menu that somebody put on the ESP is this system's, and boot code on a stick makes no BIOS machine`()
        throws
    {
        var mirror = try Mirror()
        mirror.plugIn("/dev/sdc", partitions: [1 << 30])
        let code = try #require(mirror.survey.diskBoots[0].record)
        mirror.survey.diskBoots.append(DiskBoot(disk: VolumeID("/dev/sdc"), record: code))
        mirror.eraseBootCode(of: 0)
        mirror.eraseBootCode(of: 1)
        mirror.installation.fstab?.text += "UUID=AB12-CD34 /boot/efi vfat nofail 0 2\n"
        let menu = Installation.TextFile(
            path: "EFI/debian/grub.cfg",
            text: """
                menuentry 'Debian' {
                linux /vmlinuz-\(Mirror.kernel) root=/dev/mapper/rhel-root
                initrd /\(mirror.image.file)
                }

                """)
        mirror.survey.esps = [
            ESP(volume: VolumeID("a.img#2"), vendors: [.init(name: "debian", config: menu)])
        ]
        mirror.config = nil
        #expect(mirror.state(of: .grubConfig) == .done)
        // Another system's is not, by its name.
        mirror.survey.esps[0].vendors[0].name = "redhat"
        #expect(mirror.state(of: .grubConfig) == .unknown)
        mirror.survey.esps[0].vendors[0].name = "debian"
        mirror.survey.esps[0].vendors[0].config?.text = "configfile $prefix/grub.cfg\n"
        #expect(mirror.state(of: .grubConfig) == .skipped)
    }

    @Test func `links in boot lead to what they name, and dangle where that is gone`() throws {
        var mirror = try Mirror()
        mirror.config?.entries[2].kernel?.value = "/vmlinuz"
        mirror.config?.entries[2].initrds = [.init(line: 9, value: "/initrd.img")]
        #expect(mirror.wrongSteps == [.grubConfig])
        mirror.survey.bootDirectories[0].links = [
            "vmlinuz": "vmlinuz.old", "vmlinuz.old": "vmlinuz-\(Mirror.kernel)",
            "initrd.img": "/initrd.img-\(Mirror.kernel)",
        ]
        #expect(mirror.wrongSteps.isEmpty)
        mirror.survey.bootDirectories[0].links["initrd.img"] = "./initrd.img-6.1.0-1-amd64"
        #expect(mirror.wrongSteps == [.grubConfig])
        mirror.survey.bootDirectories[0].links["initrd.img"] = "../elsewhere/initrd.img"
        #expect(mirror.wrongSteps.isEmpty)
        mirror.survey.bootDirectories[0].links["vmlinuz.old"] = "vmlinuz"
        #expect(try mirror.finding("grub-config.no-such-kernel").severity == .warning)
    }

    @Test func `an entry that searches the root's filesystem takes its kernel from there`() throws {
        var mirror = try Mirror()
        let root = try #require(mirror.survey.storage.volume(mirror.installation.root)?.signature?.uuid)
        mirror.config?.entries[2].searches = [.init(line: 200, value: root)]
        mirror.config?.entries[2].kernel?.value = "/vmlinuz-6.1.0-1-amd64"
        #expect(mirror.wrongSteps.isEmpty)
        mirror.config?.entries[2].kernel?.value = "/boot/vmlinuz-6.1.0-1-amd64"
        #expect(mirror.wrongSteps == [.grubConfig])
    }

    @Test func `a program in the menu that is no kernel is not looked for among the kernels`() throws {
        var mirror = try Mirror()
        mirror.config?.entries[2].kernel?.value = "/memtest86+x64.bin"
        #expect(mirror.wrongSteps.isEmpty)
        mirror.config?.entries[2].kernel?.value = "/vmlinuz-5.10.0-1-amd64"
        #expect(mirror.wrongSteps == [.grubConfig])
    }

    @Test func `an entry whose kernel is not there cannot start it`() throws {
        var mirror = try Mirror()
        mirror.config?.entries[0].kernel?.value = "/vmlinuz-5.10.0-1-amd64"
        #expect(try mirror.finding("grub-config.no-such-kernel").severity == .blocker)
        #expect(mirror.wrongSteps == [.grubConfig])
    }

    @Test func `root= that names nothing is the menu's`() throws {
        var mirror = try Mirror()
        mirror.config?.entries[0].arguments = "root=UUID=\(Mirror.gone) ro"
        #expect(try mirror.finding("grub-config.wrong-root").severity == .blocker)
    }

    @Test func `no grub.cfg at all was never generated`() throws {
        var mirror = try Mirror()
        mirror.config = nil
        #expect(mirror.diagnosis.steps.first { $0.id == .grubConfig }?.state == .skipped)
    }

    @Test func `a second disk without boot code boots alone no more, and the first starts the machine`()
        throws
    {
        var mirror = try Mirror()
        mirror.image.facts?.scripts.insert("scripts/local-block/bootmend-degraded")
        mirror.eraseBootCode(of: 1)
        #expect(mirror.wrongSteps == [.grubInstall])
        #expect(try mirror.finding("grub-install.missing").severity == .warning)
        #expect(mirror.diagnosis.verdict == .degraded)
        #expect(mirror.bootsAlone == [.yes, .no])
        #expect(mirror.diagnosis.disks[1].breaksAt == .grubInstall)
    }

    @Test func `a BIOS that starts a first disk without code goes no further`() throws {
        var mirror = try Mirror()
        mirror.eraseBootCode(of: 0)
        #expect(mirror.diagnosis.verdict == .broken)
        mirror.survey.diskBoots[0].record?.hasSignature = false
        #expect(mirror.diagnosis.verdict == .degraded)
    }

    @Test(arguments: [
        "(,msdos1)/grub", "(mduuid/0badc0de0badc0de0badc0de0badc0de)/grub",
        "(mduuid/6d1e2f308a4b4c5d9e0f1a2b3c4d5e6f)/boot/grub",
    ])
    func `a prefix that does not lead to the present directory is stale`(prefix: String) throws {
        var mirror = try Mirror()
        mirror.survey.diskBoots[0].core?.prefix = prefix
        let finding = try mirror.finding("grub-install.stale-prefix")
        #expect(finding.severity == .blocker)
        #expect(mirror.wrongSteps == [.grubInstall])
    }

    @Test func `a core that cannot read MD does not get to an array`() throws {
        var mirror = try Mirror()
        mirror.survey.diskBoots[1].core?.modules.removeAll { $0 == "mdraid1x" }
        #expect(try mirror.finding("grub-install.module-missing").evidence.first?.expected == "mdraid1x")
    }

    @Test func `a core that looks for a filesystem on an array has to read MD too`() throws {
        var mirror = try Mirror()
        for index in mirror.survey.diskBoots.indices {
            mirror.survey.diskBoots[index].core?.prefix = nil
            mirror.survey.diskBoots[index].core?.configuration =
                "search.fs_uuid \(Mirror.bootUUID) root\nset prefix=($root)/grub\n"
        }
        #expect(mirror.state(of: .grubInstall) == .done)
        mirror.survey.diskBoots[1].core?.modules.removeAll { $0 == "mdraid1x" }
        #expect(try mirror.finding("grub-install.module-missing").evidence.first?.expected == "mdraid1x")
    }

    @Test func `a core of another build stops at the first symbol`() throws {
        var mirror = try Mirror()
        mirror.survey.diskBoots[0].core?.missingSymbols = ["grub_calloc"]
        #expect(try mirror.finding("grub-install.other-build").symptom?.contains("grub_calloc") == true)
    }

    @Test func `grub goes to each disk that holds /boot, and to no partition`() throws {
        var mirror = try Mirror()
        mirror.eraseBootCode(of: 0)
        mirror.eraseBootCode(of: 1)
        #expect(mirror.diagnosis.steps.first { $0.id == .grubInstall }?.state == .skipped)
        let disks = mirror.plan().remedies.flatMap(\.changes).compactMap(\.device)
        #expect(disks == ["a.img", "b.img"])
    }

    @Test func `an entry without an initramfs finds no root on LVM`() throws {
        var mirror = try Mirror()
        mirror.config?.entries[0].initrds = []
        #expect(mirror.wrongSteps == [.grubConfig])
        #expect(try mirror.finding("grub-config.no-image").severity == .blocker)
    }

    @Test func `a core of another build than the modules in boot is installed anew`() throws {
        var mirror = try Mirror()
        mirror.survey.diskBoots[1].core?.differingModules = ["xfs"]
        #expect(mirror.wrongSteps == [.grubInstall])
        #expect(try mirror.finding("grub-install.other-build").severity == .warning)
        mirror.survey.diskBoots[0].core?.differingModules = ["xfs"]
        #expect(mirror.diagnosis.verdict == .broken)
    }

    @Test func `a disk in the place of a failed one needs boot code, once it has partitions`() throws {
        var mirror = try Mirror()
        mirror.unplug("b.img")
        mirror.plugIn("c.img", partitions: nil)
        mirror.survey.diskBoots.removeAll { $0.disk == VolumeID("c.img") }
        #expect(mirror.diagnosis.steps.first { $0.id == .grubInstall }?.state == .done)
        let empty = BootRecord(code: .empty, hasSignature: false)
        mirror.survey.diskBoots.append(DiskBoot(disk: VolumeID("c.img"), record: empty))
        let finding = try mirror.finding("grub-install.missing")
        #expect(finding.severity == .warning)
        #expect(finding.remedies.isEmpty)
    }

    /// A third disk that holds no part of /boot, and GRUB that leads there.
    private func third(first: Bool) throws -> Mirror {
        var mirror = try Mirror()
        mirror.plugIn("c.img", partitions: nil)
        let (record, core) = (mirror.survey.diskBoots[0].record, mirror.survey.diskBoots[0].core)
        var code = DiskBoot(disk: VolumeID("c.img"), record: record)
        code.core = core
        mirror.survey.diskBoots.insert(code, at: first ? 0 : 2)
        return mirror
    }

    @Test func `boot code alone, on a disk that the BIOS starts, starts what another disk holds`() throws {
        var mirror = try third(first: true)
        mirror.eraseBootCode(of: 1)
        mirror.eraseBootCode(of: 2)
        #expect(mirror.diagnosis.verdict == .degraded)
        let disk = try #require(mirror.diagnosis.disks.first { $0.device == "c.img" })
        #expect(disk.bootsAlone == .no && !disk.should && disk.breaksAt == .grubInstall)
        // One that leads elsewhere starts another system.
        mirror.survey.diskBoots[0].core?.prefix = "(mduuid/0badc0de0badc0de0badc0de0badc0de)/grub"
        #expect(mirror.diagnosis.verdict == .broken)
        #expect(mirror.diagnosis.disks.map(\.device) == ["a.img", "b.img"])
    }

    @Test func `boot code alone, behind disks that a BIOS starts, helps only where they have no 55 AA`()
        throws
    {
        var mirror = try third(first: false)
        mirror.survey.diskBoots[0].core?.damage = "checksum"
        #expect(mirror.diagnosis.verdict == .broken)
        mirror.survey.diskBoots[1].core?.damage = "checksum"
        #expect(mirror.diagnosis.verdict == .broken)
        mirror.eraseBootCode(of: 0)
        mirror.eraseBootCode(of: 1)
        #expect(mirror.diagnosis.verdict == .broken)
        for index in 0...1 { mirror.survey.diskBoots[index].record?.hasSignature = false }
        #expect(mirror.diagnosis.verdict == .degraded)
        #expect(mirror.diagnosis.findings.contains { $0.id == "grub-install.missing" })
    }
}
