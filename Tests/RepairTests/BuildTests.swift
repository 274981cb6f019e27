import Changes
import Glibc
import Machine
import Repair
import Testing

@Suite(.enabled(InstalledSystem.reason) { InstalledSystem.canRun })
struct Building {
    let system: InstalledSystem

    init() throws {
        system = try InstalledSystem()
        try system.shell(
            """
            mkdir -p '\(system.directory)/tree/lib/modules/6.1.0-test/kernel'; cd '\(system.directory)/tree'
            echo '#!/bin/sh' >init; chmod 755 init
            find . | cpio --quiet -o -H newc | gzip >'\(system.root)/good.img'
            """)
        try system.write("the old image\n", to: "/boot/initrd.img-6.1.0-test", mode: 0o600)
        try system.shell("chown 5:6 '\(system.root)/boot/initrd.img-6.1.0-test'")
        try system.write("the old menu\n", to: "/boot/grub/grub.cfg", mode: 0o444)
    }

    @Test func `an image takes the old one's place, owner and mode`() throws {
        let before = try system.snapshot()
        try system.tool(.mkinitramfs, "cp /good.img \"$2\"; echo built for $3")
        let outcome = system.apply([.image()])
        #expect(outcome.id == "1")
        #expect(
            try system.shell(
                "cd '\(system.root)'; cmp good.img boot/initrd.img-6.1.0-test; stat -c '%u:%g %a' boot/initrd*; ls -A boot"
            )
                == "5:6 600\ngrub\ninitrd.img-6.1.0-test\n")
        let log = try system.text("/var/lib/bootmend/1/log")
        #expect(
            log == "# mkinitramfs -o /boot/initrd.img-6.1.0-test.bootmend 6.1.0-test\nbuilt for 6.1.0-test\n")
        #expect(try system.undo().isComplete)
        system.discardTools()
        #expect(try system.snapshot() == before)
    }

    static let failures: [(script: String, says: String)] = [
        ("echo no space here >&2; exit 1", "exited with 1"),
        ("cp /good.img \"$2\"; exit 1", "exited with 1"),
        ("kill -KILL $$", "was ended by a signal: Killed"),
        ("head -c 100 /good.img >\"$2\"", "wrote a broken image"),
        ("echo garbage >\"$2\"", "wrote"),
        (": >\"$2\"", "wrote"),
        ("true", "succeeded and wrote no"),
        ("exit 0; cp", "succeeded and wrote no"),
        (
            """
            mkdir -p /var/tmp/mkinitramfs_x/lib; cd /var/tmp/mkinitramfs_x/lib; echo x >y
            ln -s /etc/linked link; ln -s /etc .; ln -s /etc /var/tmp/dracut.x; kill -KILL $$
            """,
            "Killed"
        ),
    ]

    @Test(arguments: failures)
    func `a tool that fails leaves everything as it was`(script: String, says: String) throws {
        try system.shell("mkdir -p '\(system.root)/var/tmp'; echo stays >'\(system.root)/etc/linked'")
        let before = try system.snapshot()
        try system.tool(.mkinitramfs, script)
        let failure = system.apply([.image()]).failure
        #expect(failure?.message.contains(says) == true, "\(failure?.message ?? "no failure")")
        system.discardTools()
        #expect(try system.snapshot() == before)
        #expect(try system.state() == .rolledBack)
    }

    @Test(arguments: [
        ("printf '\\177ELF\\2\\1\\1' >true", "Exec format error"),
        ("printf '#!/bin/sh\\nexit 132\\n' >true", "ended with 132"),
    ])
    func `where programs of the system do not run, nothing is begun`(make: String, says: String) throws {
        try system.tool(.mkinitramfs, "cp /good.img \"$2\"")
        try system.shell("cd '\(system.root)/bin'; rm true; \(make); chmod 755 true")
        let before = try system.snapshot()
        let failure = try #require(system.apply([.image()]).failure)
        #expect(failure.message.hasPrefix("no program of the installed system runs here: "))
        #expect(failure.message.contains(says), "\(failure.message)")
        #expect(try system.snapshot() == before)
        // An edit needs none of them.
        #expect(
            system.apply([.writeFile(path: "/etc/new", text: "new", was: nil, mode: 0o644)]).id != nil)
    }

    @Test func `an image of another kernel is refused`() throws {
        try system.tool(.mkinitramfs, "cp /good.img \"$2\"")
        try system.write("", to: "/boot/initrd.img-5.10.0-other")
        let failure = system.apply([.image("5.10.0-other")]).failure
        #expect(failure?.message.hasSuffix("wrote an image without modules of 5.10.0-other") == true)
        #expect(failure?.lines == ["modules of: 6.1.0-test"])
    }

    @Test func `the last ten lines of the tool come with the failure`() throws {
        try system.tool(.mkinitramfs, "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i; done; exit 9")
        let failure = system.apply([.image()]).failure
        #expect(failure?.lines == (3...12).map { "line \($0)" })
        #expect(failure?.title == "build")
        #expect(failure?.log.map { access($0, R_OK) } == 0)
    }

    @Test func `a tool that is not in the installed system is an error that says so`() throws {
        let failure = system.apply([.image()]).failure
        #expect(failure?.message == "cannot run 'mkinitramfs': the installed system has no such program")
    }

    static let menus: [(script: String, says: String?)] = [
        ("echo \"menuentry 'x' { linux /vmlinuz }\" >\"$2\"", nil), ("echo 'blscfg' >\"$2\"", nil),
        ("echo '# nothing' >\"$2\"", "wrote a menu without entries"),
        ("echo \"menuentry 'x' {\" >\"$2\"", "wrote"), ("echo x >\"$2.new\"; exit 1", "exited with 1"),
    ]

    @Test(arguments: menus)
    func `a menu has to have entries`(script: String, says: String?) throws {
        let before = try system.snapshot()
        try system.tool(.grubMkconfig, script)
        let outcome = system.apply([.menu])
        #expect((outcome.id == nil) == (says != nil), "\(outcome)")
        if let says { #expect(outcome.failure?.message.contains(says) == true) }
        if says == nil { _ = try system.undo() }
        system.discardTools()
        #expect(try system.snapshot() == before)
    }

    @Test func `a later failure takes the earlier changes back too`() throws {
        try system.write("old", to: "/etc/fstab")
        let before = try system.snapshot()
        try system.tool(.mkinitramfs, "cp /good.img \"$2\"")
        try system.tool(.grubMkconfig, "exit 1")
        let seen = Seen()
        let outcome = system.apply(
            [.writeFile(path: "/etc/fstab", text: "new", was: "old", mode: 0o644), .image(), .menu],
            progress: { seen.add($0) })
        #expect(outcome.failure?.title == "build")
        let puttingBack = seen.events.compactMap {
            if case .puttingBack(let number, _) = $0 { number } else { nil }
        }
        #expect(puttingBack == [3, 2, 1])
        system.discardTools()
        #expect(try system.snapshot() == before)
    }

    @Test func `an interruption kills a tool that writes beside, and everything goes back`() throws {
        let before = try system.snapshot()
        try system.tool(.mkinitramfs, "echo half >\"$2\"; sleep 60")
        let start = Clock.milliseconds()
        let outcome = system.apply([.image()], interrupted: { Clock.milliseconds() - start > 500 })
        #expect(outcome.failure?.isInterruption == true)
        #expect(Clock.milliseconds() - start < 20_000)
        system.discardTools()
        #expect(try system.snapshot() == before)
    }
}

extension InstalledSystem {
    /// The tools are no part of what is compared.
    func discardTools() { _ = try? shell("rm -rf '\(root)/usr/sbin'; mkdir '\(root)/usr/sbin'") }

    func state() throws -> JournalState.End? { Journal.all(in: try RootDirectory(root)).first?.end }
}
