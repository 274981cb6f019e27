import BootFiles
import Testing

@Suite struct `The units of an initramfs` {
    @Test func `are kept where they start an array that lacks a member, and no others`() throws {
        var archive = Archive()
        for name in [
            "lib/systemd/system/mdadm-last-resort@.timer",
            "usr/lib/systemd/system/mdadm-last-resort@.service", "usr/lib/systemd/system/initrd.target",
            "usr/share/mdadm-last-resort@.timer",
        ] { archive.add(name, [1]) }
        #expect(try archive.facts().units == InitramfsUnits.lastResort)
    }

    @Test func `are none where it has none, which is not the same as not looked for`() throws {
        var archive = Archive()
        archive.add("usr/lib/systemd/system/mdadm-last-resort@.timer", [])
        #expect(try archive.facts().units == [])
        #expect(InitramfsFacts().units == nil)
    }
}
