import BootFiles
import Storage
import TestFiles
import Testing

@testable import Surveying

@Suite struct `a boot directory` {
    func read(_ files: [String: String], links: [String: String] = [:], path: String = "") throws
        -> BootDirectory?
    {
        let tree = try TemporaryDirectory(files, links: links)
        return BootDirectory.read(try tree.root(), volume: VolumeID("md:0"), path: path)?.directory
    }

    let files = [
        "vmlinuz-6.1": "kernel", "initrd.img-6.1": "", "initramfs-6.1kdump.img": "", "config-6.1": "",
        "grub/grub.cfg": "menuentry 'one' {\n linux /vmlinuz-6.1 root=/dev/sda1\n}\n",
        "grub/grubenv": "# GRUB Environment Block\nsaved_entry=0\n", "grub/i386-pc/normal.mod": "",
        "loader/entries/a.conf": "title one\nlinux /vmlinuz-6.1\n", "loader/entries/a.conf.bak": "title no\n",
    ]

    @Test func `is read file by file`() throws {
        let found = try #require(try read(files))
        #expect(found.kernels == [.init(file: "vmlinuz-6.1", version: "6.1", size: 6)])
        #expect(found.images.map(\.file) == ["initramfs-6.1kdump.img", "initrd.img-6.1"])
        #expect(found.images.first?.failure?.contains("kdump") == true)
        #expect(found.grub?.directory == "grub")
        #expect(found.grub?.config?.entries.map(\.title) == ["one"])
        #expect(found.grub?.environment?.damage != nil)
        #expect(found.grub?.hasModules == true)
        #expect(found.entries.map(\.file) == ["a.conf"])
        #expect(found.free ?? 0 > 0)
        #expect(found.failures.isEmpty)
    }

    @Test func `inside a root is read in its place`() throws {
        let moved = Dictionary(uniqueKeysWithValues: files.map { ("boot/" + $0.key, $0.value) })
        #expect(try read(moved, path: "/boot")?.kernels.count == 1)
        #expect(try read(moved, path: "") == nil)
    }

    @Test func `lists links as what they are, so that no image is read twice`() throws {
        let found = try #require(
            try read(files, links: ["vmlinuz": "vmlinuz-6.1", "initrd": "initrd.img-6.1"]))
        #expect(found.links == ["vmlinuz": "vmlinuz-6.1", "initrd": "initrd.img-6.1"])
        #expect(found.kernels.count == 1)
    }

    @Test func `inside a root takes a link to a kernel of the root as that kernel`() throws {
        let target = "usr/lib/modules/6.1/vmlinuz"
        let links = [
            "boot/vmlinuz-6.1": "../" + target, "boot/vmlinuz": "vmlinuz-6.1",
            "boot/vmlinuz-6.2": "/" + target,
            "boot/vmlinuz-now": "vmlinuz-6.1", "boot/vmlinuz-here": "/boot/vmlinuz-6.1",
            "boot/vmlinuz-gone": "../usr/lib/modules/gone/vmlinuz",
            "boot/vmlinuz-loop": "../boot/vmlinuz-loop",
            "boot/vmlinuz-out": "../../../../../../proc/version",
            "boot/vmlinuz-modules": "../usr/lib/modules",
        ]
        let found = try #require(try read([target: "kernel"], links: links, path: "/boot"))
        #expect(
            found.kernels == [
                .init(file: "vmlinuz-6.1", version: "6.1", size: 6),
                .init(file: "vmlinuz-6.2", version: "6.2", size: 6),
            ])
        #expect(found.links.count == links.count)
        #expect(found.failures.isEmpty)
    }

    @Test func `on a filesystem of its own does not follow a link to the root`() throws {
        let found = try read(
            ["usr/lib/modules/6.1/vmlinuz": "kernel", "grub/grub.cfg": ""],
            links: ["vmlinuz-6.1": "../usr/lib/modules/6.1/vmlinuz"])
        #expect(found?.kernels == [])
        #expect(found?.links.count == 1)
    }

    @Test func `takes the GRUB directory that has a menu`() throws {
        #expect(
            try read(["grub/grubenv": "", "grub2/grub.cfg": "", "vmlinuz-1": ""])?.grub?.directory == "grub2")
        #expect(try read(["grub/grub.cfg": "", "grub2/grubenv": ""])?.grub?.directory == "grub")
        #expect(try read(["grub/splash.xpm.gz": "", "vmlinuz-1": ""])?.grub == nil)
    }

    @Test(arguments: [[:], ["data/x": ""], ["grub/README": ""], ["config-6.1": ""]])
    func `is none without anything to boot with`(files: [String: String]) throws {
        #expect(try read(files) == nil)
    }
}
