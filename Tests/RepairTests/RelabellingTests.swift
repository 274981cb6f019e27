import Changes
import Glibc
import Machine
import Repair
import Testing

/// Labels are attributes of files here, which no policy stands behind; tools that give others are scripts.
@Suite(.enabled(InstalledSystem.reason) { InstalledSystem.canRun })
struct `A label that could not be kept` {
    let system: InstalledSystem

    init() throws {
        system = try InstalledSystem()
        // The tool has the host's setfattr, and what that needs.
        try system.shell(
            """
            for file in /usr/bin/setfattr $(ldd /usr/bin/setfattr | grep -o '/[^ ]*'); do
                mkdir -p '\(system.root)'"${file%/*}"; cp "$file" '\(system.root)'"$file"
            done
            """)
        try system.write("old\n", to: "/boot/grub/grubenv")
        try system.shell(
            "setfattr -n security.selinux -v a:b:boot_t:s0 '\(system.root)/boot/grub/grubenv'")
        try system.tool(
            .grub2Editenv,
            "echo new >/boot/grub/grubenv; /usr/bin/setfattr -n security.selinux -v a:b:rescue_t:s0 /boot/grub/grubenv"
        )
        try selinux("enforcing")
    }

    private func selinux(_ mode: String) throws {
        try system.write("SELINUX=\(mode)\nSELINUXTYPE=targeted\n", to: "/etc/selinux/config")
    }

    private let change = Change.run(command: Command(.grub2Editenv), touching: ["/boot/grub/grubenv"])

    private func label() throws -> String {
        try system.shell(
            "getfattr --only-values -n security.selinux '\(system.root)/boot/grub/grubenv' 2>/dev/null")
    }

    @Test func `is put right at the next start, and undo takes that back`() throws {
        let before = try system.snapshot()
        #expect(system.apply([change]).id == "1")
        #expect(try label() == "a:b:rescue_t:s0")
        #expect(system.exists("/.autorelabel"))
        #expect(try system.undo().isComplete)
        #expect(try label() == "a:b:boot_t:s0")
        #expect(try system.snapshot() == before)
    }

    @Test func `is put right at once by the system's own tool, on what was touched alone`() throws {
        try system.write("", to: "/etc/selinux/targeted/contexts/files/file_contexts")
        try system.tool(.setfiles, "echo \"$@\" >/tmp/asked")
        #expect(system.apply([change]).id == "1")
        #expect(
            try system.text("/tmp/asked")
                == "-F /etc/selinux/targeted/contexts/files/file_contexts /boot/grub/grubenv\n")
        #expect(!system.exists("/.autorelabel"))
    }

    @Test func `is put right at the next start where that tool fails`() throws {
        try system.write("", to: "/etc/selinux/targeted/contexts/files/file_contexts")
        try system.tool(.setfiles, "exit 1")
        #expect(system.apply([change]).id == "1")
        #expect(system.exists("/.autorelabel"))
    }

    @Test(arguments: ["permissive", "disabled"])
    func `is nobody's business where SELinux does not enforce`(mode: String) throws {
        try selinux(mode)
        #expect(system.apply([change]).id == "1")
        #expect(!system.exists("/.autorelabel"))
    }

    @Test func `is asked for where it could not be put back either`() throws {
        try selinux("permissive")
        #expect(system.apply([change]).id == "1")
        try selinux("enforcing")
        // A filesystem that has no attributes, as a kernel that refuses the label.
        try system.shell("mount -t ramfs none '\(system.root)/boot/grub'")
        defer { umount2(system.root + "/boot/grub", Int32(MNT_DETACH)) }
        try system.write("new\n", to: "/boot/grub/grubenv")
        let report = try system.undo(evenIfChanged: true)
        #expect(try system.text("/boot/grub/grubenv") == "old\n")
        #expect(report.note?.contains("SELinux labels could not be put back") == true)
        #expect(system.exists("/.autorelabel"))
    }
}
