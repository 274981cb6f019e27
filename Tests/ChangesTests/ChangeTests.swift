import Machine
import Testing

@testable import Changes

@Suite struct `a change` {
    private static let build = Change.build(
        path: "/boot/initrd.img-6.1.0", output: "/boot/initrd.img-6.1.0.bootmend",
        command: Command(.mkinitramfs, "-o", "/boot/initrd.img-6.1.0.bootmend", "6.1.0"),
        result: .initramfs(kernel: "6.1.0"))
    private static let install = Change.installBootLoader(
        disk: "/dev/sdb", area: .init(start: 0, length: 1 << 20), directory: "/boot/grub",
        command: Command(.grubInstall, "--target=i386-pc", "/dev/sdb"))
    private static let write = Change.writeFile(path: "/etc/fstab", text: "new\n", was: nil, mode: 0o644)
    private static let all: [Change] = [
        .open(actions: ["activate the volume group rhel"]), write, build, install,
        .run(command: Command(.mkinitcpio, "6.1.0"), touching: ["/lib/modules/6.1.0/modules.dep"]),
        .run(command: Command(.mdadm, "/dev/md0", "--add", "/dev/sdb1"), touching: []),
        .byHand(lines: ["mdadm --wait /dev/md0"], why: "it takes its time"),
    ]

    @Test func `has the contract's word`() {
        #expect(
            Self.all.map(\.kind) == [
                "open", "write-file", "build", "install-boot-loader", "run", "run", "by-hand",
            ])
    }

    @Test func `can be taken back where it changes files or boot code, and nowhere else`() {
        #expect(Self.all.map(\.isUndoable) == [false, true, true, true, true, false, false])
    }

    @Test func `names what it changes`() {
        #expect(Self.write.path == "/etc/fstab")
        #expect(Self.build.path == "/boot/initrd.img-6.1.0")
        #expect(Self.install.device == "/dev/sdb")
        #expect(Self.install.command?.vector == ["grub-install", "--target=i386-pc", "/dev/sdb"])
        #expect(Self.write.command == nil)
    }

    @Test func `that opens the target is said in the rescue system's own terms`() {
        let opening = Remedy(step: nil, title: "Open", changes: [.open(actions: ["assemble /dev/md0"])])
        let edit = Remedy(step: .fstab, title: "Edit", changes: [Self.write])
        var plan = Plan(installation: "lv:rhel/root", remedies: [opening, edit])
        let exact = Change.open(actions: ["mdadm --assemble /dev/md0 /dev/sda1", "leave out /dev/sdb1"])
        plan.opens(by: exact)
        #expect(plan.remedies.map(\.changes) == [[exact], [Self.write]])
    }

    @Test func `left to the person is agreed to by naming no device`() {
        let remedy = Remedy.byHand(
            .sync, title: "Wait", lines: ["mdadm --wait /dev/md0"], why: "it takes long")
        #expect(remedy.isByHand)
        #expect(remedy.needs == .confirm)
        #expect(remedy.confirmDevice == nil)
        #expect(!Remedy(step: .fstab, title: "Edit", changes: [Self.write]).isByHand)
    }
}

@Suite struct `the steps` {
    @Test func `are in the order in which they depend on one another, under frozen ids`() {
        #expect(
            StepID.allCases.map(\.rawValue) == [
                "partition-table", "md-array", "boot-copy", "mdadm-conf", "fstab", "lvm-mirror", "initramfs",
                "cmdline", "grub-config", "grub-install", "sync",
            ])
    }
}
