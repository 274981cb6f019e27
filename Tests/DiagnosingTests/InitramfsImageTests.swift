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
}
