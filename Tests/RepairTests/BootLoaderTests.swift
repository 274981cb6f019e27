import Changes
import Glibc
import Machine
import Repair
import Testing

/// A disk is a file here, under the same path inside and outside of the root; grub-install is a script that copies the
/// first sectors of a disk that grub-bios-setup has written.
@Suite(.enabled(InstalledSystem.reason) { InstalledSystem.canRun })
struct InstallingBootLoaders {
    let system: InstalledSystem
    let disk: String

    init() throws {
        system = try InstalledSystem()
        disk = try system.disk()
        try system.shell(
            """
            mkdir -p '\(system.root)/boot/grub/fonts' '\(system.root)/boot/grub/locale'
            cd '\(system.root)/boot/grub'; echo old >i386-pc/normal.mod; echo stays >i386-pc/same.mod; echo gone >i386-pc/gone.mod
            echo env >grubenv; ln -s normal.mod i386-pc/link.mod; chmod 600 i386-pc/gone.mod; chown 7:8 i386-pc/gone.mod
            """)
    }

    var change: Change {
        .installBootLoader(
            disk: disk, area: .init(start: 0, length: 1 << 20), directory: "/boot/grub",
            command: Command(.grubInstall, "--target=i386-pc", disk))
    }

    /// What grub-install does: modules, then the core image, then the boot code around the partition table.
    static let install = """
        for d; do :; done
        cd /boot/grub
        echo new >i386-pc/normal.mod
        echo more >i386-pc/more.mod
        rm -f i386-pc/gone.mod i386-pc/link.mod
        mkdir -p locale/de
        echo x >locale/de/grub.mo
        dd if=/good of="$d" bs=512 skip=1 seek=1 conv=notrunc 2>/dev/null
        dd if=/good of="$d" bs=440 count=1 conv=notrunc 2>/dev/null
        """

    private func bytes() throws -> [UInt8] { try BlockSource(disk).read(at: 0, count: 8 << 20) }

    @Test func `boot code is written, found whole, and taken back to the last bit`() throws {
        let (before, files) = (try bytes(), try system.snapshot())
        try system.tool(.grubInstall, Self.install)
        let outcome = system.apply([change])
        #expect(outcome.id == "1", "\(outcome)")
        let after = try bytes()
        #expect(after != before)
        #expect(after[440..<512] == before[440..<512])
        #expect(try system.text("/boot/grub/i386-pc/more.mod") == "more\n")
        let report = try system.undo()
        #expect(report.isComplete, "\(report.items)")
        #expect(try bytes() == before)
        system.discardTools()
        #expect(try system.snapshot() == files)
    }

    @Test func `what a tool makes has the label of what it replaced, or of its directory`() throws {
        try system.shell(
            """
            cd '\(system.root)/boot'; setfattr -n security.selinux -v a:b:boot_t:s0 grub grub/i386-pc grub/locale
            setfattr -n security.selinux -v a:b:own_t:s0 grub/i386-pc/same.mod
            setfattr -n security.selinux -v a:b:other_t:s0 grub/i386-pc/normal.mod
            """)
        let renewed = "rm /boot/grub/i386-pc/normal.mod\n"
        try system.tool(.grubInstall, renewed + Self.install)
        #expect(system.apply([change]).id == "1")
        let seen = try system.shell("cd '\(system.root)/boot/grub'; getfattr -Rd -m selinux . | grep -v '^$'")
        for (file, label) in [
            ("i386-pc/normal.mod", "other_t"), ("i386-pc/same.mod", "own_t"), ("i386-pc/more.mod", "boot_t"),
            ("locale/de", "boot_t"), ("locale/de/grub.mo", "boot_t"),
        ] { #expect(seen.contains("# file: \(file)\nsecurity.selinux=\"a:b:\(label):s0"), "\(seen)") }
        #expect(!seen.contains("grubenv"))
    }

    static let failures: [(script: String, says: String)] = [
        ("exit 1", "exited with 1"),
        (install + "\nexit 1", "exited with 1"),
        ("true", "holds no GRUB"),
        ("for d; do :; done; dd if=/good of=$d bs=440 count=1 conv=notrunc", "is not whole"),
        ("for d; do :; done; dd if=/good of=$d bs=512 count=20 conv=notrunc", "changed the partition table"),
        ("cd /boot/grub; rm -rf i386-pc; echo file >i386-pc; kill -SEGV $$", "was ended by a signal"),
    ]

    @Test(arguments: failures)
    func `boot code that is not there afterwards is a failure, and the old comes back`(
        script: String, says: String
    ) throws {
        let (before, files) = (try bytes(), try system.snapshot())
        try system.tool(.grubInstall, script)
        let outcome = system.apply([change])
        #expect(outcome.failure?.message.contains(says) == true, "\(outcome)")
        let after = try bytes()
        #expect(Array(after[..<440]) == Array(before[..<440]))
        #expect(Array(after[512...]) == Array(before[512...]))
        // The partition table is never written, not even back.
        if says != "changed the partition table" { #expect(after == before) }
        system.discardTools()
        #expect(try system.snapshot() == files)
    }

    @Test func `a journal that names a partition's bytes writes nothing there`() throws {
        try system.tool(.grubInstall, Self.install)
        _ = system.apply([change])
        for place in ["\(system.root)/var/lib/bootmend", system.run] {
            try system.shell("sed -i 's/\"start\":0/\"start\":2097152/g' '\(place)/1/journal'")
        }
        let before = try bytes()
        let report = try system.undo(evenIfChanged: true)
        #expect(report.failures.contains { $0.contains("is not where boot code lies") }, "\(report.items)")
        #expect(try bytes() == before)
    }

    @Test func `an undo on a disk with another partition table does not write`() throws {
        try system.tool(.grubInstall, Self.install)
        _ = system.apply([change])
        try system.shell("printf 'label: dos\\n2048,,fd\\n' | sfdisk -q --force '\(disk)'")
        let before = try bytes()
        let report = try system.undo()
        #expect(report.failures.count == 1)
        #expect(
            report.failures.first?.contains(
                "no disk here has that serial number, size, partition table and members")
                == true)
        #expect(try bytes() == before)
        // The files are put back all the same.
        #expect(try system.text("/boot/grub/i386-pc/normal.mod") == "old\n")
    }

    @Test func `boot code that somebody has written since stays`() throws {
        try system.tool(.grubInstall, Self.install)
        _ = system.apply([change])
        try Descriptor(opening: disk, O_WRONLY).write([0xeb, 0x48], at: 0, of: disk)
        let report = try system.undo()
        #expect(report.items.contains { $0.subject == disk && $0.result == .changedSince })
        #expect(!report.isComplete)
        #expect(try bytes().prefix(2) == [0xeb, 0x48])
        #expect(try system.undo(evenIfChanged: true).isComplete)
    }

    @Test func `modules that a package has brought since stay, and their core image with them`() throws {
        try system.tool(.grubInstall, Self.install)
        _ = system.apply([change])
        // A boot that writes grubenv, and another menu, are no new GRUB.
        try system.shell("cd '\(system.root)/boot/grub'; echo booted >grubenv; echo menu >grub.cfg")
        try system.shell("cd '\(system.root)/boot/grub'; echo newer >i386-pc/normal.mod")
        let now = try bytes()
        #expect(try system.undo().items.map(\.result) == [.changedSince])
        #expect(try bytes() == now)
        #expect(try system.text("/boot/grub/i386-pc/normal.mod") == "newer\n")
    }

    @Test func `a boot and a new menu do not keep GRUB from being taken back`() throws {
        let before = try bytes()
        try system.tool(.grubInstall, Self.install)
        _ = system.apply([change])
        try system.shell("cd '\(system.root)/boot/grub'; echo booted >grubenv; echo menu >grub.cfg")
        #expect(try system.undo().isComplete)
        #expect(try bytes() == before)
        #expect(try system.text("/boot/grub/grub.cfg") == "menu\n")
        #expect(try system.text("/boot/grub/grubenv") == "booted\n")
        #expect(try system.text("/boot/grub/i386-pc/normal.mod") == "old\n")
        #expect(!system.exists("/boot/grub/i386-pc/more.mod"))
    }

    @Test func `the twin with the same table is not the disk`() throws {
        // Two members of an array, alike but for the UUID of the member (MD 1.2: 4096 + 168 into the partition).
        let member = UInt64(2048 * 512 + 4096)
        let open = try Descriptor(opening: disk, O_RDWR)
        try open.write([0xfc, 0x4e, 0x2b, 0xa9], at: member, of: disk)
        try open.write([UInt8](repeating: 1, count: 16), at: member + 168, of: disk)
        try system.tool(.grubInstall, Self.install)
        #expect(system.apply([change]).id != nil)
        try open.write([UInt8](repeating: 2, count: 16), at: member + 168, of: disk)
        let now = try bytes()
        #expect(try system.undo().failures.count == 1)
        #expect(try bytes() == now)
    }

    @Test func `the twin of a disk with a GPT has another GUID`() throws {
        let id = { (number: Int) in
            "sfdisk -q --disk-id '\(disk)' aaaaaaaa-0000-4000-8000-00000000000\(number)"
        }
        try system.shell(
            """
            truncate -s 0 '\(disk)'; truncate -s 8M '\(disk)'
            printf 'label: gpt\\n2048,1M,L\\n4096,1M,21686148-6449-6E6F-744E-656564454649\\n' | sfdisk -q '\(disk)'
            \(id(1))
            """)
        // Where the core image lies, in sectors: at 0x5c of the boot code, and its rest at 500 of its own first sector.
        try system.tool(
            .grubInstall,
            """
            for d; do :; done
            dd if=/good of="$d" bs=440 count=1 conv=notrunc
            dd if=/good of="$d" bs=512 skip=1 seek=4096 conv=notrunc
            printf '\\000\\020' | dd of="$d" bs=1 seek=92 conv=notrunc
            printf '\\001\\020' | dd of="$d" bs=1 seek=2097652 conv=notrunc
            """)
        #expect(system.apply([change]).id != nil)
        try system.shell(id(2))
        let now = try bytes()
        #expect(try system.undo().failures.count == 2)
        #expect(try bytes() == now)
        try system.shell(id(1))
        #expect(try system.undo().isComplete)
    }

    @Test func `on a GPT only the boot code and the BIOS boot partition are touched`() throws {
        try system.shell(
            """
            truncate -s 0 '\(disk)'; truncate -s 8M '\(disk)'
            printf 'label: gpt\\n2048,1M,L\\n4096,1M,21686148-6449-6E6F-744E-656564454649\\n' | sfdisk -q '\(disk)'
            dd if=/dev/urandom of='\(disk)' bs=512 seek=4096 count=2048 conv=notrunc status=none
            """)
        let before = try bytes()
        try system.tool(
            .grubInstall,
            """
            for d; do :; done
            dd if=/good of="$d" bs=440 count=1 conv=notrunc 2>/dev/null
            dd if=/good of="$d" bs=512 skip=1 seek=4096 conv=notrunc 2>/dev/null
            printf 'note' | dd of="$d" bs=512 seek=2048 conv=notrunc 2>/dev/null
            exit 1
            """)
        #expect(system.apply([change]).failure != nil)
        var wanted = before
        wanted.replaceSubrange(2048 * 512..<2048 * 512 + 4, with: Array("note".utf8))
        #expect(try bytes() == wanted)
    }

    @Test func `the second disk is not begun when the first has failed`() throws {
        let other = Change.installBootLoader(
            disk: "/dev/none", area: .init(start: 0, length: 1 << 20), directory: "/boot/grub",
            command: Command(.grubInstall, "/dev/none"))
        try system.tool(.grubInstall, "exit 1")
        let seen = Seen()
        _ = system.apply([change, other], progress: { seen.add($0) })
        #expect(seen.events.contains { if case .started(1, 2, _, _) = $0 { true } else { false } })
        #expect(!seen.events.contains { if case .started(2, _, _, _) = $0 { true } else { false } })
    }

    @Test func `a root that is gone keeps nobody from putting boot code back, and is no success`() throws {
        let before = try bytes()
        try system.tool(.grubInstall, Self.install)
        try system.tool(.mkinitcpio, "exit 1")
        let (root, away) = (system.root, system.root + ".away")
        let outcome = system.apply(
            [change, .run(command: Command(.mkinitcpio), touching: [])],
            progress: { event in
                if case .failed = event { rename(root, away) }
            })
        rename(away, root)
        guard case .stuck(_, let problems) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(problems.count == 1)
        #expect(try bytes() == before)
        #expect(try system.undo().isComplete)
        #expect(try system.text("/boot/grub/i386-pc/normal.mod") == "old\n")
    }

    @Test func `modules in a filesystem of their own are taken back, and what is no file stays`() throws {
        let modules = system.root + "/boot/grub/i386-pc"
        try system.shell("mount -t tmpfs none '\(modules)'; mkfifo '\(system.root)/boot/grub/pipe'")
        defer { _ = try? system.shell("umount '\(modules)'") }
        try system.shell(
            "cd '\(modules)'; echo old >normal.mod; echo gone >gone.mod; ln -s normal.mod link.mod")
        let before = try system.snapshot()
        try system.tool(.grubInstall, Self.install)
        #expect(system.apply([change]).id == "1")
        #expect(try system.text("/boot/grub/i386-pc/normal.mod") == "new\n")
        let report = try system.undo()
        #expect(report.isComplete, "\(report.items)")
        system.discardTools()
        #expect(try system.snapshot() == before)
    }

    @Test func `one module that cannot be put back does not stop the others`() throws {
        let before = try system.snapshot()
        try system.tool(.grubInstall, Self.install)
        #expect(system.apply([change]).id == "1")
        let module = system.root + "/boot/grub/i386-pc/normal.mod"
        try system.shell("chattr +i '\(module)'")
        let report = try system.undo()
        try system.shell("chattr -i '\(module)'")
        #expect(report.failures.count == 1)
        #expect(try system.text("/boot/grub/i386-pc/gone.mod") == "gone\n")
        #expect(try system.undo().isComplete)
        system.discardTools()
        #expect(try system.snapshot() == before)
    }
}
