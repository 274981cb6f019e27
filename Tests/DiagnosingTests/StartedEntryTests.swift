import BootFiles
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct StartedEntryTests {
    private let simple = "gnulinux-simple-40075eed-0000-4000-8000-000000004007"
    private let advanced = "gnulinux-advanced-40075eed-0000-4000-8000-000000004007"

    private func started(_ mirror: Mirror) -> StartedEntry {
        Scene(mirror.survey, mirror.installation).started
    }

    private func saving(_ name: String, _ value: String, default choice: String = "${saved_entry}") throws
        -> Mirror
    {
        var mirror = try Mirror()
        mirror.config?.defaultEntry = choice
        mirror.survey.bootDirectories[0].grub?.environment?.variables[name] = value
        return mirror
    }

    @Test func `an entry is chosen by number, id, title, or the way to it`() throws {
        for (choice, index) in [
            ("0", 0), (simple, 0), ("Debian GNU/Linux", 0), ("1>1", 2), (advanced + ">0", 1), ("1", 1),
        ] {
            var mirror = try Mirror()
            mirror.config?.defaultEntry = choice
            #expect(started(mirror).index == index)
            #expect(started(mirror).lost == nil)
        }
    }

    @Test func `a number beyond all entries is a lost choice, however far`() throws {
        for choice in ["-9223372036854775808", "9223372036854775807", "-1"] {
            var mirror = try saving("next_entry", choice)
            mirror.config?.readsEntries = true
            mirror.survey.bootDirectories[0].entries = [BLSEntry(parsing: "title RHEL\n", file: "a.conf")]
            #expect(started(mirror).lost?.value == choice)
        }
    }

    @Test func `grubenv's saved entry counts where grub.cfg asks for it, and its next entry always`() throws {
        #expect(started(try saving("saved_entry", "1>1")).index == 2)
        #expect(started(try saving("saved_entry", "1>1", default: "0")).index == 0)
        #expect(started(try saving("next_entry", "1>0", default: "0")).index == 1)
        #expect(started(try saving("saved_entry", "")).lost == nil)
    }

    @Test func `a choice that is not in the menu starts the first entry, and is a note`() throws {
        let mirror = try saving("saved_entry", "gnulinux-5.10.0-1-amd64")
        #expect(started(mirror).index == 0)
        let finding = try mirror.finding("grub-config.no-such-default")
        #expect(finding.severity == .note)
        #expect(
            finding.evidence == [
                Evidence(path: "/boot/grub/grubenv", seen: "saved_entry=gnulinux-5.10.0-1-amd64")
            ])
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test func `BLS entries come before grub.cfg's own, the newest first`() throws {
        var mirror = try saving("kernelopts", "root=/dev/mapper/rhel-root ro")
        mirror.config?.readsEntries = true
        mirror.survey.bootDirectories[0].entries = ["4.18.0-9", "4.18.0-80"].map { version in
            BLSEntry(
                file: "0123-\(version).conf", kernel: .init(line: 3, value: "/vmlinuz-" + version),
                options: .init(line: 5, value: "$kernelopts"))
        }
        #expect(started(mirror).kernel == "/vmlinuz-4.18.0-80")
        #expect(started(mirror).commandLine?.value(of: "root") == "/dev/mapper/rhel-root")
        mirror.survey.bootDirectories[0].grub?.environment?.variables["saved_entry"] = "0123-4.18.0-9"
        #expect(started(mirror).kernel == "/vmlinuz-4.18.0-9")
        mirror.survey.bootDirectories[0].grub?.environment?.variables["saved_entry"] = "2"
        #expect(started(mirror).index == 0)
    }

    @Test func `the update of a RHEL kernel starts before the kernel that it updates`() throws {
        var mirror = try Mirror()
        mirror.config?.defaultEntry = "${saved_entry}"
        mirror.config?.readsEntries = true
        mirror.survey.bootDirectories[0].entries = [
            "0-rescue", "4.18.0-553.5.1.el8_10.x86_64", "4.18.0-553.el8_10.x86_64",
        ].map { BLSEntry(file: "0123-\($0).conf", kernel: .init(line: 3, value: "/vmlinuz-" + $0)) }
        #expect(started(mirror).kernel == "/vmlinuz-4.18.0-553.5.1.el8_10.x86_64")
        mirror.survey.bootDirectories[0].grub?.environment?.variables["saved_entry"] = "2"
        #expect(started(mirror).kernel == "/vmlinuz-0-rescue")
    }

    @Test func `what is wrong with an entry stops the boot where that entry is the one that starts`() throws {
        var mirror = try Mirror()
        mirror.config?.entries[2].kernel?.value = "/vmlinuz-5.10.0-1-amd64"
        #expect(try mirror.finding("grub-config.no-such-kernel").severity == .warning)
        mirror.config?.defaultEntry = "1>1"
        #expect(try mirror.finding("grub-config.no-such-kernel").severity == .blocker)
    }

    @Test func `an image that the rebuild of its kernel makes is the initramfs step's alone`() throws {
        var mirror = try Mirror()
        mirror.survey.bootDirectories[0].images = []
        #expect(mirror.wrongSteps == [.initramfs])
        mirror.config?.entries[0].initrds[0].value = "/initrd.img-5.10.0-1-amd64"
        #expect(try mirror.finding("grub-config.no-such-image").severity == .blocker)
    }

    @Test func `a kernel that is started through a link is the first kernel`() throws {
        var mirror = try Mirror()
        let older = "6.1.0-1-amd64"
        mirror.installation.kernels.append(older)
        mirror.survey.bootDirectories[0].kernels.append(
            .init(file: "vmlinuz-" + older, version: older, size: 1 << 20))
        mirror.config?.entries[0].kernel?.value = "/vmlinuz"
        mirror.survey.bootDirectories[0].links["vmlinuz"] = "vmlinuz-" + older
        #expect(InitramfsStep.firstKernel(Scene(mirror.survey, mirror.installation)) == older)
    }

    @Test func `a kernel of the root that /boot shows through a link is there`() throws {
        var mirror = try Mirror()
        mirror.survey.bootDirectories[0].links["vmlinuz-" + Mirror.kernel] =
            "../usr/lib/modules/\(Mirror.kernel)/vmlinuz"
        #expect(mirror.wrongSteps.isEmpty)
        #expect(InitramfsStep.firstKernel(Scene(mirror.survey, mirror.installation)) == Mirror.kernel)
        mirror.survey.bootDirectories[0].kernels = []
        #expect(InitramfsStep.firstKernel(Scene(mirror.survey, mirror.installation)) == nil)
    }
}
