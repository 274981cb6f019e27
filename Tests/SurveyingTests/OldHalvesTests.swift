import BootFiles
import Storage
import Testing

@testable import Surveying

@Suite struct `an old half of a mirror` {
    let uuid = "40075eed-0000-4000-8000-000000004007"
    let old = Installation(root: VolumeID("/dev/sda2"), release: OSRelease(id: "debian"))
    let new = Installation(root: VolumeID("lv:rhel/root"), release: OSRelease(id: "debian"))

    func volume(_ id: String, _ kind: Volume.Kind, on disk: String) -> Volume {
        Volume(
            id: VolumeID(id), kind: kind, name: id, size: 1 << 30,
            copies: [Copy(pieces: [Piece(disk: VolumeID(disk), offset: 1 << 20, length: 1 << 30)])],
            signature: Signature(type: "ext4", usage: "filesystem", uuid: uuid))
    }

    func survey() -> Survey {
        Survey(
            medium: Medium(kernel: "6.1", firmware: .bios, hasMD: true, hasDeviceMapper: true, tools: []),
            storage: StorageMap(
                disks: ["/dev/sda", "/dev/sdb"].map {
                    Disk(id: VolumeID($0), size: 1 << 40, sectorSize: 512)
                },
                volumes: [
                    volume("/dev/sda2", .partition, on: "/dev/sda"),
                    volume("lv:rhel/root", .logicalVolume, on: "/dev/sdb"),
                ]),
            installations: [old, new])
    }

    @Test func `is named and not offered as a second system`() {
        let judged = survey().withoutOldHalves()
        #expect(judged.installations == [new])
        #expect(judged.rejected.map(\.volume) == [VolumeID("/dev/sda2")])
        #expect(judged.rejected.first?.reason.contains("old half") == true)
    }

    @Test func `is judged once, however often`() {
        let judged = survey().withoutOldHalves()
        #expect(judged.withoutOldHalves() == judged)
    }

    @Test func `is all there is once the mirror is unplugged`() {
        let alone = survey().withoutOldHalves().without(VolumeID("/dev/sdb"))
        #expect(alone.installations == [old])
        #expect(alone.rejected.allSatisfy { $0.installation == nil })
    }

    @Test func `goes with its own disk`() {
        let alone = survey().withoutOldHalves().without(VolumeID("/dev/sda"))
        #expect(alone.installations == [new])
        #expect(alone.rejected.isEmpty)
    }

    @Test func `two plain partitions with one UUID are two systems, since neither is the newer`() {
        var twins = survey()
        twins.storage.volumes[1].kind = .partition
        #expect(twins.withoutOldHalves().installations.count == 2)
    }
}
