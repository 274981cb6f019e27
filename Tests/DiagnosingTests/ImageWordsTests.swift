import BootFiles
import Changes
import Distributions
import Surveying
import Testing

@testable import Diagnosing

/// SUSE: what is to be started the image says to itself, and the menu names nothing.
struct ImageWordsTests {
    private func suse(menu: String = "", image: String?) throws -> Mirror {
        var mirror = try Mirror()
        mirror.installation.release = OSRelease(id: "sles", versionID: "15.5")
        mirror.image.facts?.generator = .dracut(version: "055")
        mirror.image.facts?.texts["etc/cmdline.d/01-default.conf"] = image
        for index in mirror.config?.entries.indices ?? 0..<0 {
            mirror.config?.entries[index].arguments = "root=/dev/mapper/rhel-root" + menu
        }
        return mirror
    }

    @Test func `an image that names nothing was not made again, and the command line is right`() throws {
        for image in [nil, "rd.luks=0"] {
            let mirror = try suse(image: image)
            let finding = try mirror.finding("initramfs.volume-not-named")
            #expect(finding.severity == .blocker)
            #expect(finding.evidence.first?.seen == "no rd.lvm.lv")
            let place = "/boot/\(mirror.image.file):etc/cmdline.d"
            #expect(finding.evidence.first?.place == .file(path: place, line: nil))
            #expect(finding.remedies.flatMap(\.changes).map(\.kind) == ["build"])
            #expect(!mirror.wrongSteps.contains(.cmdline))
        }
    }

    @Test func `what a rebuilt image says is enough, and so is what dracut writes in hostonly mode`() throws {
        for image in ["rd.auto=1", "rd.lvm.lv=rhel/root rd.lvm.lv=rhel/swap"] {
            let mirror = try suse(image: image)
            #expect(!mirror.wrongSteps.contains(.initramfs) && !mirror.wrongSteps.contains(.cmdline))
        }
    }

    @Test func `an image without a part that gives up waits without end`() throws {
        var mirror = try suse(image: nil)
        mirror.image.facts?.modules.remove("dm_mod")
        mirror.image.facts?.dracutModules = ["base", "systemd", "rootfs-block"]
        #expect(
            try mirror.finding("initramfs.module-missing").symptom
                == "A start job is running for /dev/mapper/rhel-root (no limit), or dracut-initqueue: timeout,"
                + " then Warning: /dev/mapper/rhel-root does not exist")
        mirror.image.facts?.dracutModules.append("lvm")
        #expect(
            try mirror.finding("initramfs.module-missing").symptom
                == "dracut-initqueue: timeout, then Warning: /dev/mapper/rhel-root does not exist")
    }

    // With any rd.lvm.lv only those are activated, rd.auto or not.
    @Test func `a menu that names another volume is behind what it is made from`() throws {
        let mirror = try suse(menu: " rd.lvm.lv=rhel/swap", image: "rd.auto=1")
        #expect(try mirror.finding("grub-config.stale-arguments").severity == .blocker)
        #expect(!mirror.wrongSteps.contains(.initramfs))
    }

    @Test func `what an image says wrongly stops the boot, also where its end is damaged`() throws {
        var mirror = try suse(image: "rd.lvm=0")
        mirror.image.facts?.damage = .init(kind: .trailing, reason: "data behind the end", offset: 4096)
        #expect(try mirror.finding("initramfs.lvm-switched-off").severity == .blocker)
    }
}
