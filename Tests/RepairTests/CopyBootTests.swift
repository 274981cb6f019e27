import Changes
import Machine
import Repair
import Testing

@Suite(.enabled(InstalledSystem.reason) { InstalledSystem.canRun })
struct CopyingAnOlderBoot {
    let system: InstalledSystem

    init() throws {
        system = try InstalledSystem()
        try system.shell(
            """
            mkdir -p '\(system.directory)/old/grub/fonts'; cd '\(system.directory)/old'
            echo kernel > vmlinuz-1; echo image > initrd.img-1; echo 'set x=1' > grub/grub.cfg
            echo font > grub/fonts/unicode.pf2; ln -s grub/grub.cfg menu; chmod 600 initrd.img-1
            touch -d 2020-02-02 vmlinuz-1
            """)
        try system.write("newer\n", to: "/boot/grub/grub.cfg")
    }

    private func copy(_ files: [String]) -> Outcome {
        let old = Change.OldBoot(volume: "/dev/sda1", name: "/dev/sda1", directory: "")
        let remedy = Remedy(
            step: .bootCopy, title: "copy", changes: [.copy(from: old, files: files, size: 1 << 20)])
        var target = system.target()
        let path = system.directory + "/old"
        target.looking = { _, work in try work(RootDirectory(path)) }
        return Repair.apply(Plan(installation: "/dev/test", remedies: [remedy]), to: target)
    }

    @Test func `brings what is missing as it was, leaves what is there, and can be undone`() throws {
        let before = try system.snapshot()
        #expect(copy(["vmlinuz-1", "initrd.img-1", "grub", "menu"]).id == "1")
        #expect(try system.text("/boot/vmlinuz-1") == "kernel\n")
        #expect(try system.text("/boot/grub/fonts/unicode.pf2") == "font\n")
        #expect(try system.text("/boot/grub/grub.cfg") == "newer\n")
        let seen = try system.shell(
            "cd '\(system.root)/boot'; stat -c %a initrd.img-1; date -r vmlinuz-1 +%F; readlink menu; ls -A . grub"
        )
        #expect(
            seen == """
                600
                2020-02-02
                grub/grub.cfg
                .:
                grub
                initrd.img-1
                menu
                vmlinuz-1

                grub:
                fonts
                grub.cfg
                i386-pc

                """)
        #expect(try system.undo().isComplete)
        #expect(try system.snapshot() == before)
    }

    @Test func `that turns out to lack a file takes everything back`() throws {
        let before = try system.snapshot()
        #expect(copy(["vmlinuz-1", "initrd.img-2"]).failure?.message.contains("no longer there") == true)
        #expect(try system.snapshot() == before)
    }
}
