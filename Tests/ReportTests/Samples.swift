import Changes
import Diagnosing
import Machine

/// The machine of the story with two steps skipped, as a diagnosis and a plan.
enum Samples {
    static let initramfs = Remedy(
        step: .initramfs, title: "Rebuild the initramfs of 6.1.0-28-amd64",
        changes: [
            .build(
                path: "/boot/initrd.img-6.1.0-28-amd64", output: "/boot/initrd.img-6.1.0-28-amd64.bootmend",
                command: Command(
                    .mkinitramfs, "-o", "/boot/initrd.img-6.1.0-28-amd64.bootmend", "6.1.0-28-amd64"),
                result: .initramfs(kernel: "6.1.0-28-amd64"))
        ])

    static let fstab = Remedy(
        step: .fstab, title: "Name the filesystem that is in /boot now",
        changes: [
            .writeFile(
                path: "/etc/fstab", text: "# static\nUUID=new\t/boot xfs defaults 0 0\n",
                was: "# static\nUUID=old\t/boot xfs defaults 0 0\n", mode: 0o644)
        ])

    static let grub = Remedy(
        step: .grubInstall, title: "Install GRUB on /dev/sdb",
        changes: [
            .installBootLoader(
                disk: "/dev/sdb", area: .init(start: 0, length: 1 << 20), directory: "/boot/grub",
                command: Command(.grubInstall, "--target=i386-pc", "/dev/sdb"))
        ])

    static let opening = Remedy(
        step: nil, title: "Open the installed system for writing",
        changes: [.open(actions: ["mdadm --assemble --run /dev/md0", "mount /dev/rhel/root /mnt/sysimage"])])

    static let wipe = Remedy(
        step: .mdArray, needs: .confirm, confirmDevice: "/dev/sdb1", title: "Add /dev/sdb1 to /dev/md0 again",
        changes: [.run(command: Command(.mdadm, "/dev/md0", "--re-add", "/dev/sdb1"), touching: [])])

    static let diagnosis = Diagnosis(
        verdict: .broken,
        system: .init(
            name: "mirror", id: "debian", version: "12",
            prettyName: "Debian GNU/Linux 12 (bookworm)",
            machineID: "0123456789abcdef", rootDevice: "/dev/rhel/root", rootUUID: "3e7e", firmware: "bios"),
        steps: [
            .init(id: .mdadmConf, state: .done),
            .init(id: .fstab, state: .notApplicable, reason: "/boot is part of root"),
            .init(id: .initramfs, state: .stale),
            .init(id: .grubConfig, state: .unknown, reason: "the log of /boot is dirty"),
            .init(id: .grubInstall, state: .skipped),
        ],
        findings: [
            Finding(
                id: "initramfs.module-missing", step: .initramfs, severity: .blocker,
                summary: "the image of 6.1.0-28-amd64 lacks dm-raid, which root needs",
                symptom: "Gave up waiting for root file system device.\n(initramfs)",
                evidence: [
                    Evidence(
                        path: "/boot/initrd.img-6.1.0-28-amd64", seen: "modules: dm_mod", expected: "dm_raid"),
                    Evidence(path: "/etc/fstab", line: 4, seen: "UUID=x / ext4\u{1B}[2J"),
                ],
                remedies: [initramfs]),
            Finding(
                id: "grub-install.no-code", step: .grubInstall, severity: .warning,
                summary: "/dev/sdb has no boot code",
                evidence: [
                    Evidence(device: "/dev/sdb", offset: 0, seen: "zeros", expected: "GRUB's boot.img")
                ],
                remedies: [grub, wipe]),
        ],
        disks: [
            .init(device: "/dev/sda", serial: "A1", bootsAlone: .no, should: true, breaksAt: .initramfs),
            .init(device: "/dev/sdb", serial: nil, bootsAlone: .no, should: true, breaksAt: .grubInstall),
        ])

    static let mended: Diagnosis = {
        var diagnosis = Samples.diagnosis
        diagnosis.verdict = .boots
        diagnosis.steps = diagnosis.steps.map { .init(id: $0.id, state: .done) }
        diagnosis.findings = []
        diagnosis.disks = diagnosis.disks.map {
            .init(device: $0.device, serial: $0.serial, bootsAlone: .yes, should: true)
        }
        return diagnosis
    }()

    static let plan = Plan(
        installation: "/dev/rhel/root", remedies: [opening, fstab, initramfs, grub], notDone: [wipe])
}
