import BootFiles
import Machine
import Testing

@Suite struct `The tree in an initramfs is seen as the kernel unpacks it` {
    @Test(arguments: [
        "usr/sbin/mdadm", "./usr/sbin/mdadm", "/sbin/mdadm", "sbin/mdadm", "./bin//mdadm", "bin/./mdadm",
    ])
    func `a program is found however its path is written`(path: String) throws {
        var archive = Archive()
        archive.add(path, [1], mode: Archive.program)
        #expect(try archive.facts().programs == ["mdadm"])
    }

    @Test(arguments: [
        ("sbin/mdadm", Archive.file, 1), ("sbin/mdadm", Archive.program, 0),
        ("etc/mdadm", Archive.program, 1),
        ("sbin/mdadm", Archive.directory, 0), ("x/usr/sbin/mdadm", Archive.program, 1),
    ])
    func `a file that cannot run in its place is no program`(path: String, mode: UInt32, size: Int) throws {
        var archive = Archive()
        archive.add(path, [UInt8](repeating: 1, count: size), mode: mode)
        #expect(try archive.facts().programs == [])
    }

    @Test func `links to directories lead where they point`() throws {
        var archive = Archive()
        archive.link("lib", to: "usr/lib")
        archive.link("data", to: "/usr/./lib/../lib")
        archive.link("loop", to: "loop")
        archive.add("data/modules/1.0/kernel/drivers/md/dm-raid.ko.zst", [1])
        archive.add("lib/modules/1.0/kernel/drivers/md/md-mod.ko.xz", [1])
        archive.add("loop/x", [1])
        archive.add("../../lib/modules/2.0/up.ko.gz", [1])
        archive.add("lib/modules/1.0/empty.ko", [])
        let facts = try archive.facts()
        #expect(facts.modules == ["dm_raid", "md_mod", "up"])
        #expect(facts.kernelVersions == ["1.0", "2.0"])
    }

    @Test func `a link to a program counts if the program is there`() throws {
        var archive = Archive()
        archive.link("sbin", to: "usr/sbin")
        archive.link("usr/sbin/vgchange", to: "lvm")
        archive.link("usr/sbin/pvscan", to: "/sbin/gone")
        archive.link("usr/bin/modprobe", to: "../sbin/../bin/kmod")
        archive.link("usr/sbin/multipath", to: "multipath")
        archive.add("usr/sbin/lvm", [1], mode: Archive.program)
        archive.add("usr/bin/kmod", [1], mode: Archive.program)
        #expect(try archive.facts().programs == ["lvm", "vgchange", "kmod", "modprobe"])
    }

    @Test func `hard links share the body wherever it stands`() throws {
        var archive = Archive()
        archive.add("sbin/mdadm", [], mode: Archive.program, inode: 5, links: 2)
        archive.add("sbin/mdmon", [1], mode: Archive.program, inode: 5, links: 2)
        archive.add("etc/mdadm.conf", [], inode: 6, links: 2)
        archive.add("etc/mdadm/mdadm.conf", Array("ARRAY".utf8), inode: 6, links: 2)
        archive.add("etc/crypttab", Array("luks".utf8), inode: 7, links: 2)
        archive.add("cryptroot/crypttab", [], inode: 7, links: 2)
        let facts = try archive.facts()
        #expect(facts.programs == ["mdadm", "mdmon"])
        #expect(facts.texts["etc/mdadm.conf"] == "ARRAY")
        #expect(facts.texts["etc/mdadm/mdadm.conf"] == "ARRAY")
        #expect(facts.texts["etc/crypttab"] == "luks")
        #expect(facts.notLookedInto == "'cryptroot/crypttab', whose text stands under another name")
    }

    @Test func `a text behind a link is kept under both names`() throws {
        var archive = Archive()
        archive.link("etc/mdadm.conf", to: "mdadm/mdadm.conf")
        archive.add("etc/mdadm/mdadm.conf", text: "ARRAY")
        #expect(try archive.facts().texts == ["etc/mdadm.conf": "ARRAY", "etc/mdadm/mdadm.conf": "ARRAY"])
    }

    @Test func `a large configuration loses its comments and keeps its line numbers`() throws {
        let comments = String(repeating: "\t# " + String(repeating: "x", count: 96) + "\n", count: 1000)
        var archive = Archive()
        archive.add("etc/lvm/lvm.conf", text: comments + "use_lvmetad = 0\n")
        let text = try #require(try archive.facts().texts["etc/lvm/lvm.conf"])
        #expect(text == String(repeating: "\n", count: 1000) + "use_lvmetad = 0\n")
    }

    @Test(arguments: [100_000, 3_000_000])
    func `a text too large to keep is said to be missing`(size: Int) throws {
        var archive = Archive()
        archive.add("etc/crypttab", [UInt8](repeating: 65, count: size))
        let facts = try archive.facts()
        #expect(facts.texts.isEmpty)
        #expect(facts.notLookedInto == "'etc/crypttab', which is \(size) bytes")
    }

    @Test func `keys and other files are not kept`() throws {
        var archive = Archive()
        for name in [
            "etc/keys/root.key", "cryptroot/keyfiles/luks.key", "etc/shadow", "root/.ssh/id", "etc/lvm/x",
        ] {
            archive.add(name, text: "secret")
        }
        #expect(try archive.facts().texts.isEmpty)
    }

    @Test(arguments: [
        (
            "ip=dhcp rd.iscsi.password=hunter2 rd.md.uuid=1\n",
            "ip=dhcp rd.iscsi.password=(removed) rd.md.uuid=1\n"
        ),
        ("//a /b cifs user=x,Password=y,ro 0 0", "//a /b cifs user=x,Password=(removed),ro 0 0"),
        ("PASSWORD=\"two words\"\nROOT=LABEL=x\n", "PASSWORD=(removed)\nROOT=LABEL=x\n"),
        ("SECRET='open\nROOT=/dev/a", "SECRET=(removed)\nROOT=/dev/a"),
        ("netroot=iscsi:me:you@10.0.0.1::3260 ro", "netroot=iscsi:(removed)@10.0.0.1::3260 ro"),
        ("ARRAY /dev/md0 UUID=1  \tname=a\n", "ARRAY /dev/md0 UUID=1  \tname=a\n"),
        ("password=", "password=(removed)"),
    ])
    func `passwords are taken out and nothing else`(text: String, kept: String) throws {
        var archive = Archive()
        archive.add("etc/cmdline.d/20-root.conf", text: text)
        #expect(try archive.facts().texts["etc/cmdline.d/20-root.conf"] == kept)
    }

    @Test(arguments: ["squash-root.img", "squashfs-root.img", "erofs-root.img", "squash/root.img"])
    func `a nested filesystem image is not looked into`(name: String) throws {
        var archive = Archive()
        archive.add("usr/lib/dracut/dracut-057", [])
        archive.add(name, [1, 2, 3])
        let facts = try archive.facts()
        #expect(facts.notLookedInto == "nested filesystem image '\(name)'")
        #expect(facts.damage == nil)
        #expect(facts.generator == .dracut(version: "057"))
    }

    @Test(arguments: [
        (["usr/lib/dracut/modules.txt"], InitramfsFacts.Generator.dracut(version: nil)),
        (["lib/dracut/dracut-033-572.el7"], .dracut(version: "033-572.el7")),
        (["conf/arch.conf", "scripts/local"], .initramfsTools),
        (["init_functions", "config", "hooks/udev"], .mkinitcpio), (["etc/booster.init.yaml"], .booster),
        (["init"], .unknown),
    ])
    func `the generator is known by its files`(names: [String], generator: InitramfsFacts.Generator) throws {
        var archive = Archive()
        for name in names { archive.add(name, [1]) }
        #expect(try archive.facts().generator == generator)
    }

    @Test func `hooks are named alike whatever the generator`() throws {
        var archive = Archive()
        for name in [
            "usr/lib/dracut/hooks/pre-trigger/30-parse-md.sh", "var/lib/dracut/hooks/cmdline/30-parse-lvm.sh",
            "lib/dracut/hooks/shutdown/30-md.sh", "scripts/local-block/mdadm", "hooks/lvm2", "other/hooks/x",
        ] { archive.add(name, [1], mode: Archive.program) }
        let expected: Set = [
            "hooks/pre-trigger/30-parse-md.sh", "hooks/cmdline/30-parse-lvm.sh", "hooks/shutdown/30-md.sh",
            "scripts/local-block/mdadm", "hooks/lvm2",
        ]
        #expect(try archive.facts().scripts == expected)
    }

    @Test func `an early archive alone has no init`() throws {
        var archive = Archive()
        archive.add("kernel/x86/microcode/GenuineIntel.bin", [1])
        #expect(try archive.facts().hasInit == false)
        var linked = Archive()
        linked.link("init", to: "usr/lib/systemd/systemd")
        #expect(try linked.facts().hasInit)
    }

    @Test func `a later archive's file replaces the earlier`() throws {
        var first = Archive()
        first.add("etc/mdadm.conf", text: "old")
        first.end()
        var second = Archive()
        second.add("etc/mdadm.conf", text: "new")
        second.end()
        let facts = try InitramfsReader.read(MemorySource(first.bytes + second.bytes))
        #expect(facts.texts["etc/mdadm.conf"] == "new")
        #expect(facts.segments.count == 2)
    }
}
