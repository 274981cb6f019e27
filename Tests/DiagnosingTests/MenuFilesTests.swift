import BootFiles
import Changes
import Surveying
import Testing

@testable import Diagnosing

/// Menu entries that are files of their own (BLS), as on RHEL 8 and later.
@Suite struct `menu entries that are files` {
    /// A menu of one file for each kernel.
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

    @Test func `SUSE's unpacked kernel beside the one in the menu is no kernel that is not listed`() throws {
        var mirror = try Mirror()
        var other = try #require(mirror.survey.bootDirectories[0].kernels.first)
        other.file = "vmlinux-\(Mirror.kernel).gz"
        mirror.survey.bootDirectories[0].kernels.insert(other, at: 0)
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test func `an entry for the firmware's setup starts nothing`() throws {
        var mirror = try files([])
        mirror.config?.entries = [
            GrubConfig.Entry(line: 121, title: "UEFI Firmware Settings", opensSetup: true)
        ]
        let finding = try mirror.finding("grub-config.kernel-not-listed")
        #expect(finding.severity == .blocker)
        #expect(finding.symptom == "an empty menu, or the prompt 'grub>'")
        #expect(mirror.diagnosis.verdict == .broken)
    }
}
