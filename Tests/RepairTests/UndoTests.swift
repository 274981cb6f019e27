import Changes
import Glibc
import Machine
import Repair
import Surveying
import Testing

@Suite(.enabled(InstalledSystem.reason) { InstalledSystem.canRun })
struct Undoing {
    let system: InstalledSystem
    let edit = Change.writeFile(path: "/etc/fstab", text: "new", was: "old", mode: 0o644)
    let again = Change.writeFile(path: "/etc/fstab", text: "newer", was: "new", mode: 0o644)

    init() throws {
        system = try InstalledSystem()
        try system.write("old", to: "/etc/fstab", mode: 0o640)
        try system.shell("touch -d '2020-02-02 02:02:02.123456789' '\(system.root)/etc/fstab'")
    }

    @Test func `the newest run is undone first, then the one before`() throws {
        let before = try system.snapshot()
        #expect(system.apply([edit]).id == "1")
        let between = try system.snapshot()
        #expect(system.apply([again]).id == "2")
        #expect(try system.undo().id == "2")
        #expect(try system.snapshot() == between)
        #expect(try system.undo().id == "1")
        #expect(try system.snapshot() == before)
        let error = #expect(throws: SystemError.self) { try system.undo() }
        #expect(error?.detail?.hasSuffix("holds none that can be undone") == true)
        let done = #expect(throws: SystemError.self) { try system.undo("1") }
        #expect(done?.detail == "that run is undone already")
    }

    @Test(arguments: ["7", "../1", "", "x"])
    func `a number that no run has is an error`(id: String) throws {
        #expect(system.apply([edit]).id == "1")
        #expect(throws: SystemError.self) { try system.undo(id) }
        #expect(throws: SystemError.self) { try Undo.check(id, target: system.target()) }
        try Undo.check("1", target: system.target())
    }

    @Test func `what somebody has changed since is left alone, unless they insist`() throws {
        let before = try system.snapshot()
        _ = system.apply([edit])
        try system.write("by hand", to: "/etc/fstab")
        #expect(try system.undo().items.contains { $0.subject == "/etc/fstab" && $0.result == .changedSince })
        #expect(try system.text("/etc/fstab") == "by hand")
        #expect(try system.undo(evenIfChanged: true).isComplete)
        #expect(try system.snapshot() == before)
    }

    @Test func `a tool that changes files in place is taken back`() throws {
        try system.write("db\n", to: "/var/cache/debconf/config.dat", mode: 0o600)
        let before = try system.snapshot()
        try system.tool(
            .grub2Editenv,
            "echo more >>/var/cache/debconf/config.dat; echo x >/var/cache/debconf/new; chmod 644 /var/cache/debconf/config.dat"
        )
        let change = Change.run(
            command: Command(.grub2Editenv),
            touching: ["/var/cache/debconf/config.dat", "/var/cache/debconf/new"])
        let id = try #require(system.apply([change]).id)
        #expect(try system.text("/var/cache/debconf/config.dat") == "db\nmore\n")
        #expect(try system.undo(id).isComplete)
        system.discardTools()
        #expect(try system.snapshot() == before)
    }

    // What is on the disk when the power fails: the journal up to some line, and the change half made.
    @Test(arguments: 0..<12)
    func `a run that was cut short is found and taken back`(lines: Int) throws {
        let before = try system.snapshot()
        _ = system.apply([edit])
        let journal = system.root + "/var/lib/bootmend/1/journal"
        let count =
            try system.shell("wc -l <'\(journal)'").split(separator: "\n").first.flatMap { Int($0) } ?? 0
        let keep = count - 1 - lines
        guard keep >= 2 else { return }
        try system.shell(
            "head -n \(keep) '\(journal)' >'\(journal).x'; head -n \(keep + 1) '\(journal)' | tail -n 1 | head -c 20 >>'\(journal).x'; mv '\(journal).x' '\(journal)'; rm -rf '\(system.run)'/*"
        )
        // As far as the journal says something was saved, the change may have happened; before that it has not.
        let isSaved = try system.shell("grep -c '\"file\":{.*/etc/fstab\"' '\(journal)' || true") != "0\n"
        if !isSaved {
            try system.shell(
                "cd '\(system.root)/etc'; printf old >fstab; chmod 640 fstab; touch -d '2020-02-02 02:02:02.123456789' fstab"
            )
        }
        let root = try RootDirectory(system.root)
        #expect(Journal.unfinished(root: root).map(\.id) == ["1"])
        // Leftovers of a replacement that was under way.
        let isUnderWay =
            "grep -q '.fstab.bootmend-1.old' '\(journal)' && ! grep -q '^{.done' '\(journal)' && echo yes || true"
        if try !system.shell(isUnderWay).isEmpty {
            try system.write("half", to: "/etc/.fstab.bootmend-1.new")
            try system.write("old", to: "/etc/.fstab.bootmend-1.old")
        }
        let report = try system.undo()
        #expect(report.isComplete, "\(report.items)")
        #expect(try system.snapshot() == before)
        #expect(Journal.unfinished(root: root).isEmpty)
    }

    @Test func `a run that was cut short is finished: what it was at is taken back, what it did stays`()
        throws
    {
        try system.write("other", to: "/etc/other")
        let other = Change.writeFile(path: "/etc/other", text: "changed", was: "other", mode: 0o644)
        _ = system.apply([edit, other])
        // The power failed before the second was done.
        for place in ["\(system.root)/var/lib/bootmend", system.run] {
            try system.shell("sed -i '/^{.done.*2}/d; /^{.left.*:2,/d; /^{.end/d' '\(place)/1/journal'")
        }
        #expect(try CutShortRun.all(in: RootDirectory(system.root)).map(\.id) == ["1"])
        #expect(try Undo.finish("1", target: system.target()).isComplete)
        #expect(try CutShortRun.all(in: RootDirectory(system.root)).isEmpty)
        #expect(try system.text("/etc/fstab") == "new")
        #expect(try system.text("/etc/other") == "other")
        // What came into its place later is not this run's to take back.
        try system.write("later", to: "/etc/other")
        #expect(try system.undo("1").isComplete)
        #expect(try system.text("/etc/fstab") == "old")
        #expect(try system.text("/etc/other") == "later")
        #expect(throws: SystemError.self) { try Undo.finish("1", target: system.target()) }
    }

    @Test func `what somebody has written where a rescue was cut short is not taken back long after`() throws
    {
        _ = system.apply([edit])
        let last = try system.text("/etc/fstab")
        for place in ["\(system.root)/var/lib/bootmend", system.run] {
            try system.shell(
                "cd '\(place)/1'; sed -i '/^{.done/d; /^{.left/d; /^{.end/d' journal; touch -d 2020-01-01 journal"
            )
        }
        try system.write("months later", to: "/etc/fstab")
        let report = try Undo.finish("1", target: system.target())
        #expect(report.items.map(\.result) == [.changedSince])
        #expect(try system.undo().items.map(\.result) == [.changedSince])
        #expect(try system.text("/etc/fstab") == "months later")
        #expect(last == "new")
        #expect(try CutShortRun.all(in: RootDirectory(system.root)).map(\.id) == ["1"])
        #expect(try system.undo(evenIfChanged: true).isComplete)
        #expect(try system.text("/etc/fstab") == "old")
    }

    @Test func `a damaged line of the journal is read from the copy in run, and else is a failure`() throws {
        try system.write("other", to: "/etc/other")
        let before = try system.snapshot()
        let other = Change.writeFile(path: "/etc/other", text: "changed", was: "other", mode: 0o644)
        _ = system.apply([edit, other])
        try system.shell("sed -i '/was.*etc.other/s/^{/x/' '\(system.root)/var/lib/bootmend/1/journal'")
        #expect(try system.undo().isComplete)
        #expect(try system.snapshot() == before)
        _ = system.apply([edit, other])
        try system.shell(
            "sed -i '/was.*etc.other/s/^{/x/' '\(system.root)/var/lib/bootmend/2/journal'; rm -rf '\(system.run)'/*"
        )
        let report = try system.undo("2")
        #expect(report.failures.count == 1)
        #expect(report.failures.first?.contains("is damaged") == true)
        #expect(try system.text("/etc/fstab") == "old")
        #expect(try system.text("/etc/other") == "changed")
    }

    @Test func `a journal of another bootmend's is not undone by guesses`() throws {
        _ = system.apply([edit])
        try system.shell(
            "sed -i 's/\"schema\":1/\"schema\":2/' '\(system.root)/var/lib/bootmend/1/journal'; rm -rf '\(system.run)'/*"
        )
        #expect { try system.undo("1") } throws: { "\($0)".contains("schema 2") }
        #expect(try system.text("/etc/fstab") == "new")
    }

    @Test func `a damaged backup is noticed, and the copy in run is used`() throws {
        let before = try system.snapshot()
        _ = system.apply([edit])
        try system.shell("cd '\(system.root)/var/lib/bootmend/1'; printf bad >1-fstab")
        #expect(try system.undo().isComplete)
        #expect(try system.snapshot() == before)
    }

    @Test func `a backup that is damaged everywhere is a failure, and the file stays`() throws {
        _ = system.apply([edit])
        try system.shell("printf bad >'\(system.root)/var/lib/bootmend/1/1-fstab'; rm -rf '\(system.run)'/*")
        let report = try system.undo()
        #expect(report.failures.first?.hasSuffix("it is no longer what was saved") == true)
        #expect(try system.text("/etc/fstab") == "new")
        #expect(try system.state() == .applied)
    }

    @Test func `one thing that cannot be put back does not stop the others`() throws {
        try system.write("other", to: "/etc/other")
        _ = system.apply([edit, .writeFile(path: "/etc/other", text: "changed", was: "other", mode: 0o644)])
        try system.shell("chattr +i '\(system.root)/etc/other'")
        let report = try system.undo()
        try system.shell("chattr -i '\(system.root)/etc/other'")
        #expect(report.failures.count == 1)
        #expect(try system.text("/etc/fstab") == "old")
        // Later, with the obstacle away, it goes on where it stopped.
        #expect(try system.undo().isComplete)
        #expect(try system.text("/etc/other") == "other")
    }

    @Test func `putting back that fails is told, with the journal to go on from`() throws {
        try system.write("other", to: "/etc/other")
        // The tool makes the file immutable and fails: neither it nor bootmend can write there any more.
        try system.tool(.mkinitcpio, "exit 1")
        let root = system.root
        let outcome = system.apply(
            [edit, .run(command: Command(.mkinitcpio), touching: ["/etc/other"])],
            progress: { event in
                if case .failed = event {
                    _ = try? Command(.shell, "-c", "chattr +i '\(root)/etc/fstab'").run()
                }
            })
        try system.shell("chattr -i '\(system.root)/etc/fstab'")
        guard case .stuck(let failure, let problems) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(problems.count == 1)
        #expect(failure.id == "1")
        #expect(try system.state() == .stuck)
        #expect(try system.undo().isComplete)
        #expect(try system.text("/etc/fstab") == "old")
    }

    @Test func `what somebody has changed since a power failure is left alone as well`() throws {
        try system.write("other", to: "/etc/other")
        _ = system.apply([edit, .writeFile(path: "/etc/other", text: "changed", was: "other", mode: 0o644)])
        // The power went before the run was written down as ended.
        try system.shell("sed -i '$d' '\(system.root)/var/lib/bootmend/1/journal'; rm -rf '\(system.run)'/*")
        try system.write("by hand", to: "/etc/fstab")
        #expect(try system.state() == .unfinished)
        let report = try system.undo()
        #expect(report.items.filter { $0.result == .changedSince }.map(\.subject) == ["/etc/fstab"])
        #expect(try system.text("/etc/fstab") == "by hand")
        #expect(try system.text("/etc/other") == "other")
        #expect(try system.undo(evenIfChanged: true).isComplete)
        #expect(try system.text("/etc/fstab") == "old")
    }
}
