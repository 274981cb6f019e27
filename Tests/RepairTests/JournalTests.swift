import Changes
import Glibc
import Machine
import Repair
import Synchronization
import Testing

@Suite(.enabled(InstalledSystem.reason) { InstalledSystem.canRun })
struct Journals {
    let system: InstalledSystem
    let edit = Change.writeFile(path: "/etc/fstab", text: "new", was: "old", mode: 0o644)

    init() throws {
        system = try InstalledSystem()
        try system.write("old", to: "/etc/fstab")
    }

    @Test func `it is in the target and in run, for root alone`() throws {
        #expect(system.apply([edit]).id == "1")
        for place in [system.root + "/var/lib/bootmend/1", system.run + "/1"] {
            #expect(try system.shell("stat -c %a '\(place)'") == "700\n")
            #expect(try system.shell("cat '\(place)/1-fstab'") == "old")
        }
        #expect(
            try system.shell(
                "cmp '\(system.root)/var/lib/bootmend/1/journal' '\(system.run)/1/journal'; echo same")
                == "same\n")
    }

    @Test func `numbers go on where any journal stopped`() throws {
        try system.shell(
            "mkdir -p '\(system.root)/var/lib/bootmend/7' '\(system.root)/var/lib/bootmend/text' '\(system.run)/3'"
        )
        #expect(system.apply([edit]).id == "8")
        #expect(try system.shell("ls '\(system.run)'") == "3\n8\n")
        #expect(try system.undo().id == "8")
    }

    @Test func `another installation's run of the same number is not this one's copy`() throws {
        #expect(system.apply([edit]).id == "1")
        let other = try InstalledSystem()
        try other.write("old", to: "/etc/fstab")
        try other.shell("cp -a '\(system.root)/var/lib/bootmend' '\(other.root)/var/lib/'")
        try other.shell(
            "sed -i 's,/dev/test,/dev/else,' '\(other.root)/var/lib/bootmend/1/journal'; printf bad >'\(other.root)/var/lib/bootmend/1/1-fstab'"
        )
        let target = RepairTarget(root: other.root, runDirectory: system.run, settlesBoot: false)
        #expect(try Undo.run(target: target, evenIfChanged: true).failures.count == 1)
    }

    @Test func `runs of two systems lie beside each other, and each has its own`() throws {
        try system.shell("mkdir '\(system.directory)/kept'")
        var mine = system.target()
        mine.system = "aaaa"
        mine.journalDirectory = system.directory + "/kept"
        let plan = Plan(
            installation: "/dev/test", remedies: [Remedy(step: .fstab, title: "E", changes: [edit])])
        #expect(Repair.apply(plan, to: mine).id == "1")
        var theirs = mine
        theirs.system = "bbbb"
        #expect(throws: SystemError.self) { try Undo.run(target: theirs) }
        let refused = #expect(throws: SystemError.self) { try Undo.run(id: "1", target: theirs) }
        #expect(refused?.description.contains("it is another system's") == true)
        #expect(try system.text("/etc/fstab") == "new")
        #expect(try Undo.run(target: mine).isComplete)
        #expect(try system.text("/etc/fstab") == "old")
    }

    @Test func `opening the target comes first, and only then is anything written to it`() throws {
        let (root, away) = (system.root, system.root + ".away")
        rename(root, away)
        let opened = Mutex<[String]>([])
        var target = system.target()
        target.open = { actions in
            opened.withLock { $0 = actions }
            rename(away, root)
        }
        let plan = Plan(
            installation: "/dev/test",
            remedies: [
                Remedy(step: nil, title: "Open", changes: [.open(actions: ["assemble /dev/md0"])]),
                Remedy(step: .fstab, title: "Edit", changes: [edit]),
            ])
        let outcome = Repair.apply(plan, to: target)
        #expect(outcome.id == "1", "\(outcome)")
        #expect(opened.withLock { $0 } == ["assemble /dev/md0"])
        #expect(try system.shell("grep -c '\"kind\":\"open\"' '\(root)/var/lib/bootmend/1/journal'") == "1\n")
        #expect(try system.undo().isComplete)
        #expect(try system.text("/etc/fstab") == "old")
    }

    @Test func `a target that cannot be opened is a failure, and nothing is changed`() throws {
        var target = system.target()
        target.open = { _ in throw SystemError("assemble", "/dev/md0", number: EIO) }
        let before = try system.snapshot()
        let plan = Plan(
            installation: "/dev/test",
            remedies: [
                Remedy(step: nil, title: "Open", changes: [.open(actions: [])]),
                Remedy(step: .fstab, title: "E", changes: [edit]),
            ])
        let failure = Repair.apply(plan, to: target).failure
        #expect(failure?.message == "cannot assemble '/dev/md0': Input/output error")
        #expect(failure?.title == "Open")
        #expect(try system.snapshot() == before)
        #expect(!system.exists("/var/lib/bootmend"))
    }

    @Test func `a plan with reasons against it is not begun`() throws {
        let plan = Plan(
            installation: "x", remedies: [Remedy(step: .fstab, title: "E", changes: [edit])],
            refusals: [PlanRefusal(.hibernated, "the system is hibernated", wayOut: "resume it")])
        let failure = Repair.apply(plan, to: system.target()).failure
        #expect(failure?.message == "the system is hibernated: resume it")
        #expect(try system.text("/etc/fstab") == "old")
    }

    @Test func `two at once do not get in each other's way`() throws {
        let run = system.run
        let taken = { (isShared: Bool) throws in _ = try RunLock(in: run, isShared: isShared) }
        do {
            let lock = try RunLock(in: run)
            let error = #expect(throws: SystemError.self) { try taken(false) }
            #expect(error?.description == "cannot change 'the installed system': another bootmend is at it")
            #expect(throws: SystemError.self) { try taken(true) }
            withExtendedLifetime(lock) {}
        }
        do {
            let lock = try RunLock(in: run, isShared: true)
            try taken(true)
            #expect(throws: SystemError.self) { try taken(false) }
            withExtendedLifetime(lock) {}
        }
        try taken(false)
    }

    @Test func `an empty plan has nothing to undo`() {
        #expect(Repair.apply(Plan(installation: "x"), to: system.target()) == .applied(id: nil, changes: []))
    }

    @Test func `a journal elsewhere is undone from there`() throws {
        var target = system.target()
        target.journalDirectory = system.directory + "/stick"
        try system.shell("mkdir '\(system.directory)/stick'")
        let plan = Plan(installation: "x", remedies: [Remedy(step: .fstab, title: "E", changes: [edit])])
        #expect(Repair.apply(plan, to: target).id == "1")
        #expect(!system.exists("/var/lib/bootmend"))
        #expect(try system.shell("cat '\(system.directory)/stick/1/1-fstab'") == "old")
        #expect(try Undo.run(target: target).isComplete)
        #expect(try system.text("/etc/fstab") == "old")
    }

    // 20 bytes before the end of its only page: the line of the change does not fit any more, the last one does.
    @Test func `a line for which there is no room does not swallow the next`() throws {
        let store = system.root + "/var/lib/bootmend"
        try system.shell("mkdir '\(store)'; mount -t tmpfs -o size=6M none '\(store)'")
        defer { _ = try? system.shell("umount '\(store)'") }
        let before = try system.snapshot()
        let plan = Plan(
            installation: String(repeating: "x", count: 4000),
            remedies: [Remedy(step: .fstab, title: "edit", changes: [edit])])
        let outcome = Repair.apply(plan, to: system.target()) { event in
            guard case .started = event else { return }
            _ = try? Command(.shell, "-c", "cat /dev/zero >'\(store)/filler'").run()
        }
        #expect(outcome.failure?.message.hasSuffix("No space left on device") == true, "\(outcome)")
        #expect(try system.state() == .rolledBack)
        #expect(try system.snapshot() == before)
    }

    @Test(arguments: ["mkfifo 1-fstab", "mknod 1-fstab c 1 5", "ln -s ../../../../etc/copy 1-fstab"])
    func `what lies in the place of a backup and is none is not read`(line: String) throws {
        _ = system.apply([edit])
        try system.shell(
            "rm -rf '\(system.run)'/*; cd '\(system.root)/var/lib/bootmend/1'; mv 1-fstab ../../../../etc/copy; \(line)"
        )
        #expect(try system.undo().failures.count == 1)
        #expect(try system.text("/etc/fstab") == "new")
    }

    @Test func `the name of a backup leads nowhere else`() throws {
        _ = system.apply([edit])
        try system.shell(
            """
            rm -rf '\(system.run)'/*; cd '\(system.root)/var/lib/bootmend/1'; mv 1-fstab ../../../../etc/copy
            sed -i 's,"1-fstab","../../../../etc/copy",' journal
            """)
        #expect(try system.undo().failures.count == 1)
        #expect(try system.text("/etc/fstab") == "new")
    }

    @Test func `a journal that is no file is not written to`() throws {
        try system.shell(
            "mkdir -p '\(system.root)/var/lib/bootmend/1'; mkfifo '\(system.root)/var/lib/bootmend/1/journal'"
        )
        let error = #expect(throws: SystemError.self) { try system.undo("1") }
        #expect(error?.detail == "it is not a regular file")
    }
}
