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
