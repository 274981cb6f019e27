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
}
