import BootFiles
import Storage
import TestFiles
import Testing

@testable import Surveying

@Suite struct `an installation's facts` {
    func read(_ files: [String: String], links: [String: String] = [:], aliases: [String] = []) throws
        -> Installation
    {
        let tree = try TemporaryDirectory(files, links: links)
        return Installation.read(
            try tree.root(), root: VolumeID("/dev/sda2"), subvolume: nil, aliases: aliases)
    }

    let debian = [
        "usr/lib/os-release": "ID=debian\nVERSION_ID=\"12\"\n",
        "etc/machine-id": "0123456789ABCDEF0123456789abcdef\n",
        "etc/hostname": "# a comment\nmirror\n", "etc/fstab": "/dev/md0 /boot xfs defaults 0 0\n",
        "etc/mdadm/mdadm.conf": "ARRAY /dev/md0 UUID=0:0:0:0\n", "etc/mdadm.conf": "",
        "etc/default/grub": "GRUB_TIMEOUT=1\n",
        "etc/default/grub.d/10_local.cfg": "GRUB_DEFAULT=0\n", "etc/default/grub.d/README": "not read",
        "usr/lib/modules/6.1.0-28-amd64/modules.dep": "", "usr/lib/modules/empty/": "",
        "usr/lib/modules/6.1.0-28-amd64/modules.alias": "alias virtio:d00000008v* virtio-scsi\n",
        "usr/lib/modules/6.1.0-28-amd64/modules.builtin": "kernel/drivers/md/dm-mod.ko\n",
        "usr/sbin/mkinitramfs": "",
    ]

    @Test func `hold which of its swap files a hibernated system is in`() throws {
        let page = String(repeating: "x", count: 4086)
        let found = try read([
            "etc/os-release": "ID=debian\n",
            "etc/fstab":
                "/swap.img none swap sw 0 0\n/old.img none swap sw 0 0\n/gone none swap sw 0 0\n/dev/sda2 none swap sw 0 0\n",
            "swap.img": page + "S1SUSPEND\0rest", "old.img": page + "SWAPSPACE2",
        ])
        #expect(found.hibernatedFiles == ["/swap.img"])
        #expect(found.failures.isEmpty)
    }

    @Test func `are read through merged directories, each once`() throws {
        let found = try read(
            debian, links: ["etc/os-release": "../usr/lib/os-release", "lib": "usr/lib"],
            aliases: ["virtio:d00000008v00001AF4"])
        #expect(found.release == OSRelease(id: "debian", versionID: "12"))
        #expect(found.machineID == "0123456789abcdef0123456789abcdef")
        #expect(found.hostName == "mirror")
        #expect(found.fstab?.text == "/dev/md0 /boot xfs defaults 0 0\n")
        #expect(found.defaultGrub?.path == "/etc/default/grub")
        #expect(found.kernels == ["6.1.0-28-amd64"])
        #expect(found.builtIn == ["6.1.0-28-amd64": ["dm_mod"]])
        #expect(found.drivers == ["6.1.0-28-amd64": ["virtio:d00000008v00001AF4": ["virtio_scsi"]]])
        #expect(found.programs == [.mkinitramfs])
        #expect(found.texts["/etc/default/grub.d/10_local.cfg"] == "GRUB_DEFAULT=0\n")
        #expect(found.texts["/etc/default/grub.d/README"] == nil)
        #expect(found.failures.isEmpty)
    }

    @Test func `take mdadm.conf from where the family keeps it`() throws {
        #expect(try read(debian).mdadmConf?.path == "/etc/mdadm/mdadm.conf")
        var red = debian
        red["usr/lib/os-release"] = "ID=rocky\nID_LIKE=\"rhel centos fedora\"\n"
        #expect(try read(red).mdadmConf?.path == "/etc/mdadm.conf")
    }

    @Test func `say what could not be read, by its path inside, and go on`() throws {
        let found = try read(debian, links: ["etc/crypttab": "/etc/default"])
        #expect(found.failures == ["cannot read '/etc/crypttab': it is not a regular file"])
        #expect(found.hostName == "mirror")
    }

    @Test func `never come from outside of the root`() throws {
        let found = try read(
            ["etc/os-release": "ID=x\n"], links: ["etc/fstab": "/proc/../../../../etc/passwd"])
        #expect(found.fstab == nil)
    }

    @Test func `a text past 64 KiB is a failure, not a half`() throws {
        var files = debian
        files["etc/kernel/cmdline"] = String(repeating: "x", count: KeptText.limit + 1)
        let found = try read(files)
        #expect(found.texts["/etc/kernel/cmdline"] == nil)
        #expect(found.failures.count == 1)
    }
}
