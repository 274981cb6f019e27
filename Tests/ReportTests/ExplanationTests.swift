import Changes
import Testing

@testable import Report

@Suite struct `Explanations` {
    @Test func `there is one for each step, in their order`() {
        #expect(Explanation.all.map(\.step) == StepID.allCases)
    }

    /// Lines as real consoles showed them.
    @Test(arguments: [
        ("error: disk `mduuid/0d5e2b0f4c3a4e8b9a7d6c5b4a392817' not found.", [StepID.grubInstall]),
        ("../../grub-core/kern/disk.c:236:error: disk `mduuid/0d5e' not found.", [.grubInstall]),
        ("grub rescue> ", [.grubInstall]),
        ("error: no such device: 6b1c9a34-0000-4000-8000-000000000000.", [.grubConfig, .grubInstall]),
        ("ALERT!  /dev/mapper/rhel-root does not exist.  Dropping to a shell!", [.initramfs]),
        ("Gave up waiting for root file system device.  Common problems:", [.initramfs]),
        ("[ TIME ] Timed out waiting for device dev-md0.device - /dev/md0.", [.mdadmConf, .fstab]),
        ("[DEPEND] Dependency failed for local-fs.target - Local File Systems.", [.fstab]),
        ("You are in emergency mode. After logging in, type \"journalctl -xb\" to view", [.fstab]),
        ("Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)", [.initramfs]),
        (
            "Kernel panic - not syncing: VFS: Unable to mount root fs on \"UUID=6b1c\" or unknown-block(0,0)",
            [.initramfs]
        ),
        ("VFS: Unable to mount root fs", [.initramfs]),
        ("Kernel panic - not syncing: VFS: Unable to mount root", [.initramfs]),
        ("VFS: Cannot open root device \"UUID=6b1c\" or unknown-block(0,0): error -6", [.initramfs]),
        ("Kernel panic - not syncing: VFS:", []),
        ("error: symbol `grub_calloc' not found.", [.grubInstall]),
        ("emergency mode", [.fstab, .initramfs]),
        ("GRUB ", [.grubInstall]),
        ("GRUB 2 is a boot loader", []),
        ("dracut:/# ", [.initramfs]),
        ("Kernel panic - not syncing: No working init found.  Try passing init= option", [.initramfs]),
        ("[    1.9] RAMDISK: EOF while reading compressed data", [.initramfs]),
        ("  Cannot process volume group rhel", [.lvmMirror, .initramfs]),
        ("mount: mounting /dev/sda2 on /root failed: No such device", [.initramfs, .cmdline]),
        ("No root device specified. Boot arguments must include a root= parameter.", [.cmdline]),
        ("Give root password for maintenance", [.fstab]),
        ("[DEPEND] Dependency failed for boot.mount - /boot.", [.fstab]),
        ("error: invalid arch-independent ELF magic.", [.grubInstall]),
        ("hello world", []),
        ("", []),
    ])
    func `a console's line leads to its steps`(typed: String, steps: [StepID]) {
        #expect(ConsoleText.steps(for: typed).map(\.0) == steps)
    }

    @Test(arguments: [
        "[\u{1b}[0;1;31mFAILED\u{1b}[0m] Dependency \u{1b}[1mfailed\u{1b}[m for \u{1b}[0;1;39mboot.mount\u{1b}[0m",
        "\u{1b}(B\u{1b}[m\u{1b}[2J\u{1b}[1;1HGive root pass\u{1b}[?25hword for maintenance",
        "\u{1b}]3008;start=1f;type=unit\u{1b}\\You are in \u{1b}]0;title\u{7}emergency mode",
        "\u{1b}[\nYou are in emergency mode\u{1b}",
        "You are in emergency mode\u{1b}]0;cut",
    ])
    func `colours and cursor movements are not part of a line`(typed: String) {
        #expect(ConsoleText.steps(for: typed).map(\.0).contains(.fstab))
    }

    static let noise = (0..<200).map { "[    \($0).0] usb 1-1: new high-speed USB device number \($0)" }
        .joined(separator: "\n")

    @Test func `of a long text the end counts, from the start of a line`() {
        let last = "ALERT!  /dev/mapper/rhel-root does not exist.  Dropping to a shell!"
        #expect(ConsoleText.steps(for: Self.noise + "\n" + last + "\r\n").map(\.0) == [.initramfs])
        #expect(ConsoleText.steps(for: last + "\n" + Self.noise).isEmpty)
        let end = TypedText(Self.noise).text
        #expect(end.hasPrefix("[ ") && end.count <= 4096 && Self.noise.hasSuffix(end))
        // One line without an end is cut where it has to be.
        #expect(TypedText(String(repeating: "x", count: 5000) + "\n").text.count == 4096)
    }

    @Test(arguments: [
        ("hello world", "hello world"), ("  hello\n\u{1b}[1mworld\u{1b}[0m\n", "hello world"), ("", ""),
        (String(repeating: "ab ", count: 40), String(repeating: "ab ", count: 20) + "…"),
    ])
    func `a message shows one short line of what was typed`(typed: String, shown: String) {
        #expect(TypedText(typed).excerpt == shown)
    }

    @Test func `a console's line is held against the disks that are here`() {
        let found = ConsoleText.steps(for: "Gave up waiting for root file system device.")
        let broken = TextReport.consoleText(found, here: Samples.diagnosis, Style(charset: .ascii))
        #expect(broken.contains("XX on /dev/rhel/root here: the image of 6.1.0-28-amd64 lacks dm-raid"))
        #expect(broken.contains("Next: bootmend diagnose"))
        let mended = TextReport.consoleText(found, here: Samples.mended, Style(charset: .ascii))
        #expect(mended.contains("ok done on /dev/rhel/root here"))
        #expect(mended.contains("Next: bootmend explain initramfs"))
        let json = JSONReport.consoleText(found, here: Samples.diagnosis).text
        #expect(json.contains("\"stale\""))
    }
}
