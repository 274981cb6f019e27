import Changes
import Glibc
import Machine
import Repair
import Testing

/// With /boot, or the root, a filesystem of its own that can be full and can be frozen.
@Suite(
    .enabled("needs root, busybox-static and loop devices") {
        InstalledSystem.canRun && access("/dev/loop-control", F_OK) == 0
    }, .serialized)
struct RealFilesystems {
    let system: InstalledSystem

    init() throws {
        system = try InstalledSystem()
        try system.shell(
            """
            mkdir -p '\(system.directory)/tree/lib/modules/6.1.0-test/kernel'; cd '\(system.directory)/tree'
            echo '#!/bin/sh' >init; head -c 3000000 /dev/urandom >lib/modules/6.1.0-test/kernel/noise
            find . | cpio --quiet -o -H newc | gzip >'\(system.root)/good.img'
            """)
        try system.tool(.mkinitramfs, "cp /good.img \"$2\"")
    }

    @Test(arguments: ["ext4", "xfs"])
    func `after a swap on boot a reader without a log sees the new file whole`(kind: String) throws {
        try system.mountFilesystem(kind, at: "/boot", mebibytes: kind == "xfs" ? 320 : 64)
        try system.shell("head -c 3000000 /dev/urandom >'\(system.root)/boot/initrd.img-6.1.0-test'; sync")
        let outcome = system.apply([.image()])
        #expect(outcome.id == "1", "\(outcome)")
        #expect(
            try system.shell("ls -A '\(system.root)/boot'").split(separator: "\n").filter {
                $0.hasPrefix(".")
            } == [])
        // What lies on the disk now, looked at as GRUB does: unreplayed, from a copy made while it is mounted.
        try system.shell(
            """
            cd '\(system.directory)'; cp boot.img copy.img; mkdir look
            mount -o loop,ro,\(kind == "xfs" ? "norecovery,nouuid" : "noload") copy.img look
            cp look/initrd.img-6.1.0-test seen; umount look
            cmp seen '\(system.root)/good.img'
            """)
        #expect(try system.undo().isComplete)
    }

    @Test func `a boot filesystem without room is an error before anything is touched`() throws {
        try system.mountFilesystem("ext4", at: "/boot", mebibytes: 12)
        try system.shell(
            "cd '\(system.root)/boot'; cp ../good.img initrd.img-6.1.0-test; head -c 4000000 /dev/zero >filler; sync"
        )
        try system.write("old", to: "/etc/fstab")
        let before = try system.snapshot()
        let failure = system.apply([
            .writeFile(path: "/etc/fstab", text: "new", was: "old", mode: 0o644), .image(),
        ]).failure
        #expect(
            failure?.message.contains("MiB are free there, about 5 MiB are needed") == true,
            "\(failure?.message ?? "")")
        #expect(failure?.hint?.contains("remove an old kernel") == true)
        #expect(try system.snapshot() == before)
        #expect(!system.exists("/var/lib/bootmend/1"))
    }

    @Test func `a tool that fills boot leaves it as it was`() throws {
        try system.mountFilesystem("ext4", at: "/boot", mebibytes: 24)
        try system.shell("cd '\(system.root)/boot'; cp ../good.img initrd.img-6.1.0-test; sync")
        system.discardTools()
        let before = try system.snapshot()
        try system.tool(.mkinitramfs, "cat /dev/zero >\"$2\"")
        let failure = system.apply([.image()]).failure
        #expect(failure?.message.contains("exited with 1") == true)
        #expect(failure?.lines.contains { $0.contains("No space left on device") } == true)
        system.discardTools()
        #expect(try system.snapshot() == before)
    }

    @Test func `a boot filled in place by a tool is emptied before the old file comes back`() throws {
        try system.mountFilesystem("ext4", at: "/boot", mebibytes: 16)
        try system.shell("cd '\(system.root)/boot'; mkdir grub; cp ../good.img grub/menu; sync")
        let before = try system.snapshot()
        try system.tool(.efibootmgr, "cat /dev/zero >/boot/grub/menu; cat /dev/zero >/boot/grub/new")
        let change = Change.run(
            command: Command(.efibootmgr), touching: ["/boot/grub/menu", "/boot/grub/new"])
        let outcome = system.apply([change])
        #expect(outcome.failure != nil, "\(outcome)")
        try system.shell("rm '\(system.root)/usr/sbin/efibootmgr'")
        #expect(try system.snapshot() == before)
    }

    @Test func `a target without room for the journal is not touched, and another place will do`() throws {
        try system.mountFilesystem("ext4", at: "/var/lib", mebibytes: 8)
        try system.shell("head -c 16000000 /dev/zero >'\(system.root)/boot/initrd.img-6.1.0-test'")
        let failure = system.apply([.image()]).failure
        #expect(
            failure?.message.hasPrefix("cannot write the journal to") == true, "\(failure?.message ?? "")")
        #expect(failure?.hint == "name a directory with room: --journal DIR")
        var target = system.target()
        target.journalDirectory = system.directory
        target.settlesBoot = false
        let plan = Plan(
            installation: "x", remedies: [Remedy(step: .initramfs, title: "I", changes: [.image()])])
        #expect(Repair.apply(plan, to: target).id != nil)
    }
}
