import TestFiles
import Testing

@testable import Storage

struct StorageMapTagsTests {
    @Test(arguments: [
        ("rhel", "root", "/dev/mapper/rhel-root"), ("vg-0", "my-root", "/dev/mapper/vg--0-my--root"),
        ("a", "b--c", "/dev/mapper/a-b----c"), ("-", "x-", "/dev/mapper/---x--"),
    ])
    func `device-mapper doubles the hyphens of names`(group: String, volume: String, mapped: String) {
        let name = LogicalVolumeName(group: group, volume: volume)
        #expect(name.mapped == mapped)
        if group != "-" { #expect(LogicalVolumeName(mapped) == name) }
        #expect(LogicalVolumeName("/dev/\(group)/\(volume)") == name)
    }

    @Test(arguments: [
        "/dev/sda1", "/dev/mapper/control", "/dev/mapper/a-b-c", "/dev/mapper/-a", "", "/dev/a/b/c",
    ])
    func `other paths are no logical volumes`(path: String) {
        #expect(LogicalVolumeName(path) == nil)
    }

    @Test func `paths, UUIDs and labels lead to the volume and not to its members`() throws {
        let (a, b) = (try RecordedDisk("lab-a"), try RecordedDisk("lab-b"))
        let map = try StorageMap.of(a, b)
        let array: VolumeID = "md:6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e6f"
        #expect(map.volumes(uuid: "B0075EED-0000-4000-8000-00000000B007").map(\.id) == [array])
        #expect(map.volumes(label: "mirror:0") == [])
        #expect(map.volumes(uuid: "6d1e2f30-8a4b-4c5d-9e0f-1a2b3c4d5e6f") == [])
        for path in ["/dev/md0", "/dev/md/0", "/dev/disk/by-id/md-uuid-6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e6f"] {
            #expect(map.volume(named: path)?.id == array, "\(path)")
        }
        for path in [
            "/dev/mapper/rhel-root", "/dev/rhel/root",
            "/dev/disk/by-uuid/40075eed-0000-4000-8000-000000004007",
        ] {
            #expect(map.volume(named: path)?.id == "lv:rhel/root", "\(path)")
        }
        let partition = try #require(map.disks[1].table?.partitions[0])
        #expect(map.volumes(partUUID: partition.uuid?.uppercased() ?? "").map(\.id) == [partition.id])
        #expect(map.volume(named: "\(b.path)#1")?.id == partition.id)
        #expect(map.volume(named: "/dev/md1") == nil)
    }

    @Test(arguments: [
        ("/dev/sdb2", 0, "/dev/sda2"), ("/dev/sda", 26, "/dev/sdaa"), ("/dev/sdaa1", 1, "/dev/sdb1"),
        ("/dev/vdc1", 701, "/dev/vdzz1"), ("/dev/nvme1n1p3", 0, "/dev/nvme0n1p3"),
        ("/dev/mmcblk1p2", 0, "/dev/mmcblk0p2"),
    ])
    func `a disk that is found at another place has the name of that place`(
        name: String, place: Int, moved: String
    ) {
        #expect(KernelDiskName(name)?.moved(to: place) == moved)
    }

    @Test func `the kernel's names mean images in their order, and a disk by its own node alone`() throws {
        var map = try StorageMap.of(try RecordedDisk("lab-a"), try RecordedDisk("lab-b"))
        let (first, second) = (map.disks[0].id, map.disks[1].id)
        for (path, id) in [
            ("/dev/sda", first), ("/dev/sdb2", VolumeID("\(second)#2")),
            ("/dev/vda1", VolumeID("\(first)#1")),
            ("/dev/nvme1n1p1", VolumeID("\(second)#1")), ("/dev/mmcblk0", first),
        ] {
            #expect(map.volume(named: path)?.id == id, "\(path)")
        }
        for path in [
            "/dev/sdc", "/dev/sda9", "/dev/sda1p1", "/dev/sd", "/dev/sdaaaa", "/dev/nvme0", "/dev/nvme0n2p1",
            "/dev/sda99999", "/dev/mapper/sda", "/dev/sdaa1",
        ] {
            #expect(map.volume(named: path) == nil, "\(path)")
        }
        map.disks[0] = Disk(id: "/dev/sda", size: 1, sectorSize: 512)
        #expect(map.volume(named: "/dev/sdb2") == nil)
    }

    @Test func `images in another order than LVM saw the disks in have no names of the kernel's`() throws {
        let map = try StorageMap.of(try RecordedDisk("lab-a"), try RecordedDisk("lab-b"))
        let (first, second) = (map.disks[0], map.disks[1])
        #expect(map.volume(named: "/dev/sda1") != nil)
        var turned = map
        turned.disks = [second, first]
        #expect(turned.volume(named: "/dev/sda1") == nil)
        // Without the first of two, the second moves up.
        var alone = map
        alone.disks = [second]
        let index = try #require(
            alone.groups[0].physicalVolumes.firstIndex { $0.device == VolumeID("\(first.id)#2") })
        alone.groups[0].physicalVolumes[index].device = nil
        #expect(alone.volume(named: "/dev/sda1")?.id == VolumeID("\(second.id)#1"))
    }

    @Test func `hyphens in names are found by either path`() throws {
        let map = try StorageMap.of(try RecordedDisk("a"), try RecordedDisk("b"))
        #expect(map.volume(named: "/dev/vg-0/my-root")?.id == "lv:vg-0/my-root")
        #expect(map.volume(named: "/dev/mapper/vg--0-my--root")?.id == "lv:vg-0/my-root")
    }

    @Test func `partition labels of a GPT are found`() throws {
        let (a, b) = (try RecordedDisk("a"), try RecordedDisk("b"))
        let map = try StorageMap.of(a, b)
        #expect(map.volumes(partLabel: "ninety").map(\.id) == [VolumeID("\(a.id)#1"), VolumeID("\(b.id)#1")])
    }

    @Test func `a volume whose signatures contradict each other has no tags`() {
        var volume = Volume(id: "/dev/sda1", kind: .partition, name: "/dev/sda1", size: 1)
        volume.signature = Signature(
            type: "xfs", usage: "filesystem", uuid: "u", label: "l", ambivalent: ["ext4"])
        let map = StorageMap(volumes: [volume])
        #expect(map.volumes(uuid: "u") == [])
        #expect(map.volumes(label: "l") == [])
        volume.signature?.ambivalent = []
        #expect(StorageMap(volumes: [volume]).volumes(uuid: "u").count == 1)
    }

    @Test func `a btrfs over several devices is one, and a clone of one of them is another`() {
        let devices = [("/dev/sda1", "1"), ("/dev/sdb1", "2"), ("/dev/sdc1", "2")].map { node, own in
            Volume(
                id: VolumeID(node), kind: .partition, name: node, size: 1,
                signature: Signature(type: "btrfs", usage: "filesystem", uuid: "u", subUUID: own))
        }
        #expect(StorageMap(volumes: Array(devices.prefix(2))).volumes(uuid: "u").map(\.id) == ["/dev/sda1"])
        #expect(StorageMap(volumes: devices).volumes(uuid: "u").map(\.id) == ["/dev/sda1", "/dev/sdc1"])
    }

    @Test func `two volumes of one name are not chosen between`() {
        let volumes = ["lv:vg@1/root", "lv:vg@2/root"].map { id in
            Volume(id: VolumeID(id), kind: .logicalVolume, name: "/dev/vg/root", size: 1)
        }
        #expect(StorageMap(volumes: volumes).volume(named: "/dev/vg/root") == nil)
        #expect(StorageMap(volumes: [volumes[0]]).volume(named: "/dev/vg/root") == volumes[0])
    }
}
