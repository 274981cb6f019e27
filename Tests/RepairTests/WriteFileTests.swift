import Changes
import Glibc
import Machine
import Repair
import Testing

@Suite(.enabled(InstalledSystem.reason) { InstalledSystem.canRun })
struct WritingFiles {
    let system: InstalledSystem

    init() throws { system = try InstalledSystem() }

    @Test func `a file keeps its owner, mode and attributes`() throws {
        try system.write("old\n", to: "/etc/fstab", mode: 0o640)
        try system.shell(
            """
            cd '\(system.root)/etc'; chown 12:34 fstab; setfattr -n user.note -v kept fstab
            setfattr -n security.selinux -v system_u:object_r:etc_t:s0 fstab
            """)
        let outcome = system.apply([.writeFile(path: "/etc/fstab", text: "new\n", was: "old\n", mode: 0o644)])
        #expect(outcome.id == "1")
        #expect(try system.text("/etc/fstab") == "new\n")
        let seen = try system.shell(
            "cd '\(system.root)/etc'; stat -c '%u:%g %a' fstab; getfattr -d -m - fstab; ls -A")
        #expect(seen.hasPrefix("12:34 640\n"))
        #expect(seen.contains("user.note=\"kept\""))
        #expect(seen.contains("security.selinux=\"system_u:object_r:etc_t:s0"))
        #expect(seen.hasSuffix("\nfstab\n"))
    }

    @Test func `a new file gets its mode, root as owner, and its directory`() throws {
        try system.shell(
            "mkdir '\(system.root)/etc/mdadm'; setfattr -n security.selinux -v a:b:c:s0 '\(system.root)/etc/mdadm'"
        )
        let before = try system.snapshot()
        _ = system.apply([
            .writeFile(path: "/etc/mdadm/mdadm.conf", text: "x", was: nil, mode: 0o600),
            .writeFile(path: "/etc/lvm/deep/lvm.conf", text: "y", was: nil, mode: 0o644),
        ])
        #expect(try system.shell("stat -c '%u:%g %a' '\(system.root)/etc/mdadm/mdadm.conf'") == "0:0 600\n")
        #expect(
            try system.shell(
                "getfattr -n security.selinux --only-values '\(system.root)/etc/mdadm/mdadm.conf'"
            ).contains("a:b:c:s0"))
        #expect(try system.text("/etc/lvm/deep/lvm.conf") == "y")
        #expect(try system.undo().isComplete)
        #expect(try system.snapshot() == before)
        #expect(!system.exists("/etc/lvm"))
    }

    @Test func `the journal has the label of the directory that it lies in`() throws {
        try system.shell("setfattr -n security.selinux -v a:b:var_lib_t:s0 '\(system.root)/var/lib'")
        try system.write("old\n", to: "/etc/fstab", mode: 0o644)
        _ = system.apply([.writeFile(path: "/etc/fstab", text: "new\n", was: "old\n", mode: 0o644)])
        let seen = try system.shell(
            """
            cd '\(system.root)/var/lib'; find bootmend -mindepth 2 | wc -l
            find bootmend -exec getfattr -n security.selinux --only-values {} + | tr -d '\\0'
            find bootmend | wc -l
            """)
        let lines = seen.split(separator: "\n")
        #expect(lines.first.flatMap { Int($0) } ?? 0 >= 2, "\(seen)")
        let labels = seen.matches(of: /a:b:var_lib_t:s0/).count
        #expect(labels == lines.last.flatMap { Int($0.suffix(1)) }, "\(seen)")
    }

    @Test func `what is left to the person is not done, and what came before it is taken back`() throws {
        try system.write("old\n", to: "/etc/fstab")
        let before = try system.snapshot()
        let outcome = system.apply([
            .writeFile(path: "/etc/fstab", text: "new\n", was: "old\n", mode: 0o644),
            .byHand(lines: ["mdadm --wait /dev/md0"], why: "it takes long"),
        ])
        #expect(outcome.failure?.message == "this is left to you: mdadm --wait /dev/md0")
        #expect(try system.snapshot() == before)
    }

    static let others: [(there: String?, was: String?)] = [
        ("other\n", "old\n"), (nil, "old\n"), ("other\n", nil),
    ]

    @Test(arguments: others)
    func `a file that is not what the plan was made from is not written`(there: String?, was: String?) throws
    {
        if let there { try system.write(there, to: "/etc/fstab") }
        let before = try system.snapshot()
        let failure = system.apply([.writeFile(path: "/etc/fstab", text: "new", was: was, mode: 0o644)])
            .failure
        #expect(failure?.message.hasSuffix("it is no longer what the plan was made from") == true)
        #expect(failure?.hint != nil)
        #expect(try system.snapshot() == before)
    }

    @Test func `bytes that are no UTF-8 survive an edit elsewhere`() throws {
        let old: [UInt8] = Array("# Gr".utf8) + [0xfc, 0xdf] + Array("e\n/dev/md0 /boot\n".utf8)
        try system.write("", to: "/etc/fstab")
        try Descriptor(opening: system.root + "/etc/fstab", O_WRONLY).write(old, at: 0, of: "fstab")
        let read = String(decoding: old, as: UTF8.self)
        let edited = String(read.split(separator: "\n")[0]) + "\nUUID=1 /boot\n"
        #expect(
            system.apply([.writeFile(path: "/etc/fstab", text: edited, was: read, mode: 0o644)]).id != nil)
        let now = try RootDirectory(system.root).read("/etc/fstab")
        #expect(now == Array("# Gr".utf8) + [0xfc, 0xdf] + Array("e\nUUID=1 /boot\n".utf8))
    }

    @Test func `a link is followed, and what it points at is replaced`() throws {
        try system.write("old", to: "/etc/mdadm/mdadm.conf")
        try system.shell("ln -s /etc/mdadm/mdadm.conf '\(system.root)/etc/mdadm.conf'")
        let before = try system.snapshot()
        _ = system.apply([.writeFile(path: "/etc/mdadm.conf", text: "new", was: "old", mode: 0o644)])
        #expect(try system.text("/etc/mdadm/mdadm.conf") == "new")
        #expect(try system.shell("readlink '\(system.root)/etc/mdadm.conf'") == "/etc/mdadm/mdadm.conf\n")
        #expect(try system.undo().isComplete)
        #expect(try system.snapshot() == before)
    }

    @Test(arguments: ["fstab", "conf/fstab"])
    func `a link that leads nowhere is still there after a failure`(name: String) throws {
        try system.shell("ln -s ../gone/it '\(system.root)/etc/\(name.split(separator: "/")[0])'")
        let before = try system.snapshot()
        let outcome = system.apply([
            .writeFile(path: "/etc/" + name, text: "new", was: nil, mode: 0o644)
        ])
        #expect(outcome.failure != nil, "\(outcome)")
        #expect(try system.snapshot() == before)
    }

    // Every path that is written, with each part of it a link out of the root.
    @Test(arguments: ["/etc/fstab", "/etc", "/var/lib/bootmend", "/var/lib", "/var", "/boot/grub", "/boot"])
    func `no link leads a write out of the root`(part: String) throws {
        let outside = system.directory + "/outside"
        try system.write("old", to: "/etc/fstab")
        try system.shell(
            """
            mkdir -p '\(outside)/grub' '\(outside)/lib'; echo secret >'\(outside)/fstab'; echo secret >'\(outside)/grub/grub.cfg'
            rm -rf '\(system.root)\(part)'; mkdir -p "$(dirname '\(system.root)\(part)')"
            ln -s '\(outside)\(part == "/etc/fstab" ? "/fstab" : "")' '\(system.root)\(part)'
            """)
        let look = "cd '\(outside)'; find . -type f | xargs cat; find . | sort"
        let before = try system.shell(look)
        try system.tool(.grubMkconfig, "echo \"menuentry 'x' { linux /vmlinuz }\" >\"$2\"")
        _ = system.apply([
            .writeFile(path: "/etc/fstab", text: "new", was: try? system.text("/etc/fstab"), mode: 0o644),
            .menu,
        ])
        #expect(try system.shell(look) == before)
        _ = try? system.undo()
        #expect(try system.shell(look) == before)
    }
}
