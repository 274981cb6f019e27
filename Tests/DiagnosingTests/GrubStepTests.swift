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

    @Test func `a menu on the ESP is not missed in boot, and boot code on a stick makes no BIOS machine`()
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
            path: "EFI/redhat/grub.cfg", text: "menuentry 'RHEL' { linux /vmlinuz-\(Mirror.kernel) ro }\n")
        mirror.survey.esps = [
            ESP(volume: VolumeID("a.img#3"), vendors: [.init(name: "redhat", config: menu)])
        ]
        mirror.config = nil
        #expect(mirror.state(of: .grubConfig) == .unknown)
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

    /// A menu that consists of files, as on RHEL 8 and later.
    private func files(_ kernels: [String], image: String = "/initrd.img-\(Mirror.kernel)") throws -> Mirror {
        var mirror = try Mirror()
        mirror.config?.readsEntries = true
        mirror.config?.entries = []
        let options = try #require(Mirror().config?.entries.first).arguments
        mirror.survey.bootDirectories[0].entries = kernels.map {
            BLSEntry(
                parsing:
                    "title \($0)\nlinux /vmlinuz-\($0)\ninitrd \(image) $tuned_initrd\noptions \(options)\n",
                file: "0123-\($0).conf")
        }
        return mirror
    }

    @Test func `a BLS entry names what exists, or stops the boot where it is the one that starts`() throws {
        var mirror = try files([Mirror.kernel])
        #expect(mirror.wrongSteps.isEmpty)
        mirror = try files([Mirror.kernel, "6.1.0-9-amd64"])
        #expect(mirror.wrongSteps == [.grubConfig])
        let old = try mirror.finding("grub-config.no-such-kernel")
        #expect(old.severity == .warning)
        #expect(
            old.evidence == [
                Evidence(
                    path: "/boot/loader/entries/0123-6.1.0-9-amd64.conf", line: 2,
                    seen: "/vmlinuz-6.1.0-9-amd64")
            ])
        #expect(old.remedies.allSatisfy { $0.isByHand })
        mirror = try files([Mirror.kernel, "6.1.0-99-cloud-amd64"])
        #expect(try mirror.finding("grub-config.no-such-kernel").severity == .blocker)
        mirror = try files([Mirror.kernel], image: "/initramfs-6.1.0-1-amd64.img")
        let image = try mirror.finding("grub-config.no-such-image")
        #expect(image.severity == .blocker)
        // The kernel that it is for is there: its own image, and what stands behind it stays.
        #expect(
            texts(image).map { $0.split(separator: "\n")[2] } == [
                "initrd /initrd.img-\(Mirror.kernel) $tuned_initrd"
            ])
    }

    private func texts(_ finding: Finding) -> [String] {
        finding.remedies.flatMap(\.changes).compactMap {
            if case .writeFile(_, let text, _, _) = $0 { text } else { nil }
        }
    }

    @Test func `a BLS entry of an installed kernel is led to it`() throws {
        var mirror = try files([Mirror.kernel])
        for text in ["linux /vmlinuz-5.1\noptions x\n", "linux /vmlinuz-5.1\ninitrd /initrd-5.1\noptions x"] {
            mirror.survey.bootDirectories[0].entries = [
                BLSEntry(parsing: text, file: "0-\(Mirror.kernel).conf")
            ]
            let lines = texts(try mirror.finding("grub-config.no-such-kernel"))[0].split(separator: "\n")
            #expect(
                lines == [
                    "linux /vmlinuz-\(Mirror.kernel)", "initrd /initrd.img-\(Mirror.kernel)", "options x",
                ])
        }
    }

    @Test
    func `where grubenv says what starts, an entry whose kernel is gone makes room for one that starts`()
        throws
    {
        var mirror = try files([Mirror.kernel, "6.1.0-99-cloud-amd64"])
        let commands = {
            try mirror.finding("grub-config.no-such-kernel").remedies.flatMap(\.changes).compactMap(
                \.command?.vector)
        }
        #expect(try commands().isEmpty)
        mirror.config?.defaultEntry = "${saved_entry}"
        #expect(
            try commands() == [
                ["grub-editenv", "/boot/grub/grubenv", "set", "saved_entry=0123-\(Mirror.kernel)"]
            ])
    }

    @Test func `a BLS entry that several steps correct is written with all their corrections`() throws {
        var mirror = try files([Mirror.kernel])
        let options = "root=UUID=0badc0de-0000-4000-8000-000000004007 ro"
        let text = "title x\nlinux /vmlinuz-5.1\noptions \(options)\n"
        mirror.survey.bootDirectories[0].entries = [BLSEntry(parsing: text, file: "0-\(Mirror.kernel).conf")]
        var written = text
        for case .writeFile(_, let text, let was, _) in mirror.plan().remedies.flatMap(\.changes) {
            #expect(was == written)
            written = text
        }
        #expect(written.contains("linux /vmlinuz-\(Mirror.kernel)\ninitrd /initrd.img-\(Mirror.kernel)\n"))
        #expect(!written.contains("0badc0de"))
    }

    @Test func `only what is missing is replaced in a BLS entry, and nothing of another system's`() throws {
        var mirror = try files([Mirror.kernel])
        let options = try #require(Mirror().config?.entries.first).arguments
        let text =
            "linux /vmlinuz-\(Mirror.kernel)\r\ninitrd /ucode.img /initrd.img-5.1\r\ninitrd $tuned_initrd\r\noptions \(options)"
        mirror.survey.bootDirectories[0].entries = [BLSEntry(parsing: text, file: "0-\(Mirror.kernel).conf")]
        let lines = texts(try mirror.finding("grub-config.no-such-image"))[0].split(separator: "\n")
        #expect(
            lines == [
                "linux /vmlinuz-\(Mirror.kernel)", "initrd /ucode.img /initrd.img-\(Mirror.kernel)",
                "initrd $tuned_initrd",
                "options \(options)",
            ])
        mirror.survey.bootDirectories[0].entries[0].text = "linux x \(SecretWords.mark)"
        #expect(texts(try mirror.finding("grub-config.no-such-image")).isEmpty)
    }

    @Test func `a kernel without a BLS entry gets one, with the options of another`() throws {
        let options = try #require(Mirror().config?.entries.first).arguments
        var mirror = try files(["6.1.0-9-amd64"])
        let lines = {
            try texts(mirror.finding("grub-config.kernel-not-listed")).flatMap { $0.split(separator: "\n") }
        }
        #expect(try lines().contains("options \(options)"))
        #expect(try lines().contains("linux /vmlinuz-\(Mirror.kernel)"))
        #expect(try lines().contains("initrd /initrd.img-\(Mirror.kernel) $tuned_initrd"))
        // What leads nowhere is copied from nobody.
        mirror.survey.bootDirectories[0].entries[0].options?.value =
            "root=UUID=0badc0de-0000-4000-8000-000000004007"
        #expect(try lines().isEmpty)
    }

    @Test func `a menu of files without a file starts nothing`() throws {
        let mirror = try files([])
        let finding = try mirror.finding("grub-config.kernel-not-listed")
        #expect(finding.severity == .blocker)
        #expect(
            finding.evidence == [
                Evidence(path: "/boot/loader/entries", seen: "no entry for vmlinuz-\(Mirror.kernel)")
            ])
        #expect(finding.remedies.allSatisfy { $0.isByHand })
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
