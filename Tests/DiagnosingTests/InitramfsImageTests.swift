import BootFiles
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct InitramfsImageTests {
    @Test func `an image without an init is not used by its kernel`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.hasInit = false
        #expect(mirror.wrongSteps == [.initramfs])
        #expect(try mirror.finding("initramfs.no-init").severity == .blocker)
    }

    @Test func `a full boot filesystem is a remark: the image that is there boots`() throws {
        var mirror = try Mirror()
        mirror.survey.bootDirectories[0].free = mirror.image.size
        #expect(!mirror.diagnosis.findings.map(\.id).contains("initramfs.no-room"))
        mirror.survey.bootDirectories[0].free = mirror.image.size - 1
        #expect(mirror.wrongSteps.isEmpty)
        #expect(try mirror.finding("initramfs.no-room").severity == .note)
    }

    @Test func `the kernel that starts next is the menu's, not the newest`() throws {
        var mirror = try Mirror()
        #expect(mirror.diagnosis.system.nextKernel == Mirror.kernel)
        let newer = "6.9.0-newer"
        mirror.installation.kernels.append(newer)
        mirror.survey.bootDirectories[0].kernels.append(
            .init(file: "vmlinuz-" + newer, version: newer, size: 1))
        #expect(mirror.diagnosis.system.nextKernel == Mirror.kernel)
        mirror.config?.entries = []
        #expect(mirror.diagnosis.system.nextKernel == newer)
    }

    @Test func `LVM's tool without anything that calls it activates nothing`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.udevRules.remove("69-lvm.rules")
        #expect(mirror.wrongSteps == [.initramfs])
        #expect(try mirror.finding("initramfs.no-activation").evidence.first?.expected == "69-lvm.rules")
        // Debian 11 and older call it by a script.
        mirror.image.facts?.scripts.insert("scripts/local-block/lvm2")
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test func `an array under the root needs something that assembles it`() throws {
        var mirror = try Mirror()
        // As if the root lay on the array itself.
        mirror.installation.root = mirror.survey.bootDirectories[0].volume
        mirror.image.facts?.modules.insert("xfs")
        mirror.image.facts?.udevRules.remove("64-md-raid-assembly.rules")
        #expect(!mirror.diagnosis.findings.map(\.id).contains("initramfs.no-activation"))
        mirror.image.facts?.scripts.remove("scripts/local-block/mdadm")
        mirror.image.facts?.scripts.remove("scripts/local-bottom/mdadm")
        #expect(try mirror.finding("initramfs.no-activation").summary.hasSuffix("assembles arrays"))
    }

    @Test func `initramfs-tools unlocks the root only where its own crypttab lists it`() throws {
        var mirror = try Mirror()
        let uuid = "c0ffee00-0000-4000-8000-00000000c0de"
        let inside = VolumeID("luks:" + uuid)
        let swap = try #require(mirror.survey.storage.volumes.firstIndex { $0.name.hasSuffix("rhel/swap") })
        mirror.survey.storage.volumes[swap].signature = Signature(
            type: "crypto_LUKS", usage: "crypto", uuid: uuid, version: "2")
        let root = try #require(mirror.survey.storage.volume(mirror.installation.root))
        var container = Volume(
            id: inside, kind: .container, name: "/dev/mapper/luks-" + uuid, size: root.size)
        container.copies = root.copies
        container.signature = root.signature
        mirror.survey.storage.volumes.append(container)
        mirror.installation.root = inside
        mirror.image.facts?.programs.insert("cryptsetup")
        mirror.image.facts?.modules.insert("dm_crypt")
        #expect(try mirror.finding("initramfs.stale-crypttab").severity == .blocker)
        mirror.image.facts?.texts["cryptroot/crypttab"] = "root_crypt UUID=\(uuid) none luks,initramfs\n"
        #expect(!mirror.diagnosis.findings.map(\.id).contains("initramfs.stale-crypttab"))
    }

    // MARK: older copies

    @Test func `an image whose lvm-conf hides the root finds no volume group`() throws {
        var mirror = try Mirror()
        let filter = #"devices { global_filter = [ "a|^/dev/vda|", "r|.*|" ] }"#
        mirror.image.facts?.texts["etc/lvm/lvm.conf"] = filter
        #expect(mirror.wrongSteps == [.initramfs])
        let finding = try mirror.finding("initramfs.stale-lvm-conf")
        #expect(finding.severity == .blocker)
        #expect(finding.evidence.first?.seen == "a|^/dev/vda| r|.*|")
        #expect(finding.remedies.contains { $0.purpose == .redo && $0.step == .initramfs })
        // What is wrong in the root as well is said there.
        mirror.installation.texts["/etc/lvm/lvm.conf"] = filter
        #expect(mirror.wrongSteps == [.lvmMirror])
    }

    @Test func `an image that sees half of the mirror opens it where it opens half a mirror at all`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.texts["etc/lvm/lvm.conf"] =
            #"devices { filter = [ "a|^/dev/sda|", "r|.*|" ] }"#
        #expect(try mirror.finding("initramfs.stale-lvm-conf").severity == .blocker)
        mirror.image.facts?.scripts.insert("scripts/local-block/bootmend-degraded")
        #expect(try mirror.finding("initramfs.stale-lvm-conf").severity == .warning)
    }

    @Test func `an image whose devices file lists fewer disks than the root's is older than it`() throws {
        var mirror = try Mirror()
        let first = "IDTYPE=devname IDNAME=/dev/sda2 PVID=zKNZUbPBn0CupQdtF3AOMMWzGm0kw4Wv\n"
        let second = "IDTYPE=devname IDNAME=/dev/sdb2 PVID=rLwg3AWB29Ckb9oF1KwPlw0xi4oyEVV3\n"
        mirror.installation.texts["/etc/lvm/devices/system.devices"] = first + second
        mirror.image.facts?.texts["etc/lvm/devices/system.devices"] = first
        #expect(mirror.wrongSteps.isEmpty)
        let usesIt = "devices { use_devicesfile = 1 }"
        mirror.installation.texts["/etc/lvm/lvm.conf"] = usesIt
        mirror.image.facts?.texts["etc/lvm/lvm.conf"] = usesIt
        #expect(mirror.wrongSteps == [.initramfs])
        let finding = try mirror.finding("initramfs.stale-devices-file")
        #expect(finding.severity == .blocker)
        #expect(finding.evidence.first?.expected == "PVID=rLwg3AWB29Ckb9oF1KwPlw0xi4oyEVV3")
    }

    @Test func `an array that fstab mounts by name gets another one from an image without mdadm-conf`() throws
    {
        var mirror = try Mirror()
        func isSeen() -> Bool {
            mirror.diagnosis.findings.map(\.id).contains("initramfs.stale-mdadm-conf")
        }
        mirror.image.facts?.texts["etc/mdadm/mdadm.conf"] = nil
        #expect(!isSeen())
        mirror.mountBootByName()
        let finding = try mirror.finding("initramfs.stale-mdadm-conf")
        #expect(finding.severity == .blocker)
        #expect(finding.evidence.first?.seen == "no mdadm.conf")
        // dracut leaves alone what it was not told of, and the system then assembles it by its own mdadm.conf.
        mirror.image.facts?.generator = .dracut(version: nil)
        #expect(!isSeen())
        mirror.config?.entries[0].arguments += " rd.auto=1"
        #expect(isSeen())
        mirror.config?.entries[0].arguments += " rd.md=0"
        #expect(!isSeen())
        mirror.image.facts?.texts["etc/cmdline.d/90mdraid.conf"] = "rd.md.uuid=\(Mirror.arrayUUID)"
        mirror.config?.entries[0].arguments = "root=/dev/mapper/rhel-root ro"
        #expect(isSeen())
        // Its name is of any host.
        mirror.survey.storage.arrays[0].name = "any:0"
        #expect(!isSeen())
    }

    // MARK: modules

    @Test(arguments: [
        ("raid10", "raid10"), ("raid5_ls", "raid456"), ("raid6_zr", "dm-raid"), ("raid0", "raid0"),
        ("mirror", "dm-mirror"), ("thin", "dm-thin-pool"), ("cache", "dm-cache"), ("cache", "dm-cache-smq"),
        ("writecache", "dm-writecache"),
    ])
    func `a logical volume needs what maps its type`(type: String, module: String) throws {
        var mirror = try Mirror()
        try mirror.changeLV("root") { $0.segments[0].type = type }
        mirror.image.facts?.modules.remove(module.replacing("-", with: "_"))
        let finding = try mirror.finding("initramfs.module-missing")
        let missing = finding.evidence.first?.expected?.split(separator: ", ").map(String.init)
        #expect(missing?.contains(module) == true)
    }

    @Test func `a logical volume with a snapshot needs what maps both`() throws {
        var mirror = try Mirror()
        mirror.survey.storage.groups[0].logicalVolumes.append(
            LogicalVolume(
                id: "s", name: "snapshot0",
                segments: [.init(start: 0, count: 1, type: "snapshot", images: ["old"], metadata: ["root"])]))
        #expect(mirror.wrongSteps.isEmpty)
        mirror.image.facts?.modules.remove("dm_snapshot")
        #expect(try mirror.finding("initramfs.module-missing").summary.hasSuffix("the root has a snapshot"))
    }

    @Test func `an array needs the module of its level, and no other`() throws {
        var mirror = try Mirror()
        mirror.installation.root = mirror.survey.bootDirectories[0].volume
        mirror.image.facts?.modules.insert("xfs")
        mirror.image.facts?.modules.subtract(["raid1", "raid10"])
        mirror.survey.storage.arrays[0].level = 10
        #expect(try mirror.finding("initramfs.module-missing").evidence.first?.expected == "raid10")
        #expect(Scene(mirror.survey, mirror.installation).initramfsNeeds.drivers == ["raid10"])
        mirror.survey.storage.arrays[0].level = 6
        #expect(Scene(mirror.survey, mirror.installation).initramfsNeeds.drivers == ["raid456"])
    }
}
