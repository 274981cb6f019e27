import Changes
import Glibc
import Machine
import Repair
import Testing

/// Each kind of change, failing in each way that it can: everything is as it was before, what came first with it.
@Suite(.enabled(InstalledSystem.reason) { InstalledSystem.canRun })
struct `A failure that is brought about` {
    enum Kind: String, CaseIterable { case writeFile, image, menu, run, bootLoader, loaders, copy }
    enum Injury: String, CaseIterable {
        /// None: the change is made.
        case nothing
        /// The tool does its work, and then ends with 1, or is killed.
        case exits, isKilled
        /// /boot has no room from the moment the change begins, or is read-only.
        case full, readOnly
        /// The person wants it to stop while the change is made.
        case interrupted
    }

    let system: InstalledSystem
    let disk: String

    init() throws {
        system = try InstalledSystem()
        disk = try system.disk()
        try system.shell(
            """
            mount -t tmpfs -o size=8m,mode=755 tmpfs '\(system.root)/boot'
            mkdir -p '\(system.directory)/tree/lib/modules/6.1.0-test/kernel' '\(system.directory)/old'
            cd '\(system.directory)/tree'; echo '#!/bin/sh' >init; chmod 755 init
            head -c 500000 /dev/urandom >lib/modules/6.1.0-test/kernel/noise
            find . | cpio --quiet -o -H newc | gzip >'\(system.root)/good.img'
            head -c 500000 /dev/urandom >'\(system.directory)/old/vmlinuz-1'
            mkdir -p '\(system.root)/boot/grub/i386-pc'
            \(`Loaders on an ESP`.program(at: system.root + "/program"))
            """)
        try system.write("old", to: "/etc/fstab")
        try system.write("the old image\n", to: "/boot/initrd.img-6.1.0-test", mode: 0o600)
        try system.write("the old menu\n", to: "/boot/grub/grub.cfg", mode: 0o444)
        try system.write("the old module\n", to: "/boot/grub/i386-pc/normal.mod")
        try system.write("environment\n", to: "/boot/grub/grubenv")
        try system.write("old shim\n", to: Self.esp.path + "/EFI/debian/shimx64.efi")
    }

    private static let esp = Change.EFIPartition(
        name: "/dev/sda1", uuid: "aaaaaaaa-0000-4000-8000-000000000001")

    private func change(_ kind: Kind) -> Change {
        switch kind {
        case .writeFile:
            .writeFile(
                path: "/boot/grub/grub.cfg", text: String(repeating: "menu\n", count: 200_000),
                was: "the old menu\n", mode: 0o644)
        case .image: .image()
        case .menu: .menu
        case .run: .run(command: Command(.grub2Editenv), touching: ["/boot/grub/grubenv", "/boot/grub/new"])
        case .bootLoader:
            .installBootLoader(
                disk: disk, area: .init(start: 0, length: 1 << 20), directory: "/boot/grub",
                command: Command(.grubInstall, disk))
        case .loaders:
            .installLoaders(
                on: Self.esp, files: ["EFI/debian/shimx64.efi", "EFI/BOOT/BOOTX64.EFI"],
                from: .tool(Command(.grubInstall, "--target=x86_64-efi")))
        case .copy:
            .copy(
                from: .init(volume: "/dev/sda1", name: "/dev/sda1", directory: ""), files: ["vmlinuz-1"],
                size: 500_000)
        }
    }

    /// What the tool of a change does, in the end.
    private func work(_ kind: Kind) -> (tool: Tool, script: String)? {
        switch kind {
        case .writeFile, .copy: nil
        case .image: (.mkinitramfs, "cp /good.img \"$2\"")
        case .menu: (.grubMkconfig, "echo \"menuentry 'x' { linux /vmlinuz }\" >\"$2\"")
        case .run: (.grub2Editenv, "cat /good.img >>/boot/grub/grubenv; echo new >/boot/grub/new")
        case .bootLoader: (.grubInstall, InstallingBootLoaders.install)
        case .loaders:
            (
                .grubInstall,
                "cd \(Self.esp.path); mkdir -p EFI/BOOT; cp /program EFI/debian/shimx64.efi; cp /program EFI/BOOT/BOOTX64.EFI"
            )
        }
    }

    private func apply(_ kind: Kind, _ injury: Injury) throws -> Outcome {
        let edit = Change.writeFile(path: "/etc/fstab", text: "new", was: "old", mode: 0o644)
        let last = Change.writeFile(path: "/etc/last", text: "last", was: nil, mode: 0o644)
        let remedies = [edit, change(kind), last].map {
            Remedy(step: .fstab, title: $0.kind, changes: [$0])
        }
        let seen = Seen()
        var target = system.target { injury == .interrupted && seen.events.count > 2 }
        let (old, boot) = (system.directory + "/old", system.root + "/boot")
        target.looking = { _, work in try work(RootDirectory(old)) }
        return Repair.apply(Plan(installation: "/dev/test", remedies: remedies), to: target) { event in
            seen.add(event)
            guard case .started(2, _, _, _) = event else { return }
            switch injury {
            case .full: _ = try? Command(.shell, "-c", "cat /dev/zero >'\(boot)/filler'").run()
            case .readOnly: _ = try? Command(.mount, "-o", "remount,ro", boot).run()
            case .nothing, .exits, .isKilled, .interrupted: break
            }
        }
    }

    static let all = Kind.allCases.flatMap { kind in
        Injury.allCases.map { (kind, $0) }.filter { kind, injury in
            switch (kind, injury) {
            // No tool of theirs can fail.
            case (.writeFile, .exits), (.writeFile, .isKilled), (.copy, .exits), (.copy, .isKilled): false
            // Nothing of it lies in /boot.
            case (.loaders, .full), (.loaders, .readOnly): false
            default: true
            }
        }
    }

    @Test(arguments: all)
    func `leaves everything as it was`(kind: Kind, injury: Injury) throws {
        defer { umount2(system.root + "/boot", Int32(MNT_DETACH)) }
        if let (tool, script) = work(kind) {
            let ending = [Injury.exits: "exit 1", .isKilled: "kill -KILL $$"][injury] ?? ""
            try system.tool(tool, "set -e\n\(script)\n\(ending)")
        }
        let before = try system.snapshot()
        let boot = try BlockSource(disk).read(at: 0, count: 8 << 20)
        let outcome = try apply(kind, injury)
        _ = try? system.shell("mount -o remount,rw '\(system.root)/boot'; rm -f '\(system.root)/boot/filler'")
        if injury == .nothing {
            #expect(outcome.id != nil, "\(outcome)")
            #expect(try system.snapshot() != before)
            return
        }
        #expect(outcome.failure != nil, "\(outcome)")
        if injury != .interrupted { #expect(outcome.failure?.title == change(kind).kind) }
        #expect(try system.snapshot() == before)
        #expect(try BlockSource(disk).read(at: 0, count: 8 << 20) == boot)
        #expect(try system.state() == .rolledBack)
    }
}
