import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct `What a migration changed` {
    private func changes(_ before: Mirror, _ after: Mirror) -> [String] {
        Difference.between(before.survey, and: after.survey, of: after.installation)
    }

    @Test func `is nothing between a survey and itself`() throws {
        let mirror = try Mirror()
        #expect(changes(mirror, mirror).isEmpty)
    }

    @Test func `is that boot moved to an array`() throws {
        let after = try Mirror()
        var before = after
        try before.makeBootPlain()
        let found = changes(before, after)
        #expect(found.contains("/boot was on a.img#1 and is on /dev/md0"))
        #expect(found.contains("/boot had 1 copy and has 2"))
        #expect(found.contains("array /dev/md0 is new"))
        #expect(!found.contains { $0.hasPrefix("root ") || $0.hasPrefix("disk ") })
    }

    @Test func `is that root has a second copy`() throws {
        let after = try Mirror()
        var before = after
        try before.makeLinear("root")
        #expect(changes(before, after).contains("root had 1 copy and has 2"))
    }

    @Test func `is that a filesystem was made anew`() throws {
        let before = try Mirror()
        var after = before
        try after.change("lv:rhel/root") { $0.signature?.uuid = Mirror.gone }
        let uuid = "40075eed-0000-4000-8000-000000004007"
        #expect(
            changes(before, after).contains(
                "root on /dev/rhel/root was made anew: its UUID was \(uuid) and is \(Mirror.gone)"))
    }

    @Test func `is that swap moved`() throws {
        let before = try Mirror()
        var after = before
        after.rewriteFstab("/dev/mapper/rhel-swap", "/swapfile")
        #expect(changes(before, after).contains("swap was on /dev/rhel/swap and is on /swapfile"))
        after.rewriteFstab("/swapfile none swap sw 0 0\n", "")
        #expect(changes(before, after).contains("swap on /dev/rhel/swap is gone"))
        #expect(changes(after, before).contains("swap on /dev/rhel/swap is new"))
    }

    @Test func `is kernels, arrays and groups that came and went`() throws {
        let before = try Mirror()
        var after = before
        after.installation.kernels.append("6.1.0-51-cloud-amd64")
        after.survey.storage.arrays[0].uuid = "00000000:11111111:22222222:33333333"
        try after.callGroup("other")
        after.survey.storage.groups[0].physicalVolumes[1].device = nil
        let found = changes(before, after)
        #expect(found.contains("kernel 6.1.0-51-cloud-amd64 is new"))
        #expect(found.contains("array /dev/md0 is another one of that name"))
        #expect(found.contains("volume group rhel is called other now"))
        #expect(found.contains("volume group other had 2 physical volumes and has 1"))
        #expect(!found.contains { $0.hasPrefix("logical volume ") })
        after.survey.storage.groups = []
        #expect(changes(before, after).contains("volume group rhel is gone"))
    }

    @Test func `is how steps stand`() throws {
        let after = try Mirror()
        var before = after
        before.eraseBootCode(of: 1)
        #expect(changes(before, after).contains("grub-install was skipped and is done"))
    }

    @Test func `ends with what still names what is gone`() throws {
        let before = try Mirror()
        var after = before
        try after.change(after.survey.storage.arrays[0].id.rawValue) { $0.signature?.uuid = Mirror.gone }
        #expect(
            changes(before, after).contains(
                "/etc/fstab:3 still names \(Mirror.bootUUID), which was the filesystem on /dev/md0"))
    }

    // MARK: which system it is

    @Test func `is told of a system that has another machine-id, by its root, its boot or as the only one`()
        throws
    {
        var before = try Mirror()
        var after = before
        before.installation.machineID = "0123456789abcdef0123456789abcdef"
        let identity = "the machine-id was 0123456789abcdef0123456789abcdef and is not set"
        #expect(changes(before, after) == [identity])
        try after.change("lv:rhel/root") { $0.signature?.uuid = Mirror.gone }
        #expect(changes(before, after).first == identity)
        try after.change(after.survey.storage.arrays[0].id.rawValue) { $0.signature?.uuid = Mirror.gone }
        #expect(
            changes(before, after).first
                == "the only system of the earlier survey is taken for this one: nothing else tells that it is"
        )
        before.survey.installations.append(before.installation)
        #expect(changes(before, after) == ["the earlier survey does not hold this system"])
        after.installation.machineID = before.installation.machineID
        #expect(changes(before, after).count > 1)
    }

    // MARK: disks

    /// Another disk under the name of the second.
    private func withAnotherDisk(_ mirror: Mirror) throws -> Mirror {
        var mirror = mirror
        mirror.survey.storage.disks[1].table?.uuid = "0badcafe"
        mirror.survey.storage.arrays[0].members[1].superblock.deviceUUID = "1:2:3:4"
        mirror.survey.storage.groups[0].physicalVolumes[1].uuid = "another"
        try mirror.change("b.img#2") { $0.signature?.uuid = "another" }
        return mirror
    }

    @Test func `is a disk that was replaced, whatever it is called`() throws {
        var before = try Mirror()
        var after = try withAnotherDisk(before)
        #expect(
            changes(before, after).first
                == "disk b.img is another one, or was erased: nothing that was on it is there")
        after.survey.storage.disks[1].size += 512
        #expect(changes(before, after).first?.hasPrefix("disk b.img is another one: it had ") ?? false)
        before.survey.storage.disks[1].serial = "S1"
        after.survey.storage.disks[1].serial = "S1"
        #expect(changes(before, after).contains("disk b.img (S1) holds nothing of what it held"))
        after.survey.storage.disks[1].serial = "S2"
        #expect(changes(before, after).starts(with: ["disk b.img (S2) is new", "disk b.img (S1) is gone"]))
    }

    private func map(_ disks: [(id: String, serial: String?, table: String?, uuid: String?)]) -> StorageMap {
        var map = StorageMap()
        for disk in disks {
            let id = VolumeID("/dev/\(disk.id)")
            let part = VolumeID("/dev/\(disk.id)1")
            let partition = Partition(id: part, number: 1, start: 1 << 20, size: 1 << 30, type: "0x83")
            map.disks.append(
                Disk(
                    id: id, size: 1 << 31, sectorSize: 512, serial: disk.serial,
                    table: disk.table.map { PartitionTable(type: "dos", uuid: $0, partitions: [partition]) }))
            map.volumes.append(Volume(id: id, kind: .disk, name: id.rawValue, size: 1 << 31))
            guard disk.table != nil else { continue }
            map.volumes.append(
                Volume(
                    id: part, kind: .partition, name: part.rawValue, size: 1 << 30,
                    signature: disk.uuid.map { Signature(type: "ext4", usage: "filesystem", uuid: $0) }))
        }
        return map
    }

    private func pairs(_ before: StorageMap, _ after: StorageMap) -> [String: String] {
        let now = SameDisks(before, after).now.map { ($0.rawValue, $1.rawValue) }
        return Dictionary(now) { first, _ in first }
    }

    @Test func `is not that disks changed their names`() {
        let before = map([("sda", "S1", "1", "u1"), ("sdb", nil, "2", "u2")])
        let after = map([("sda", nil, "2", "u2"), ("sdb", "S1", "1", "u1")])
        #expect(pairs(before, after) == ["/dev/sda": "/dev/sdb", "/dev/sdb": "/dev/sda"])
        let partition = Volume(id: VolumeID("/dev/sda1"), kind: .partition, name: "/dev/sda1", size: 1 << 30)
        #expect(SameDisks(before, after).nameNow(partition) == "/dev/sdb1")
    }

    @Test func `is not that an empty disk was put to use`() {
        let before = map([("sda", nil, "1", "u1"), ("sdb", nil, nil, nil)])
        let after = map([("sda", nil, "1", "u1"), ("sdb", nil, "1", "u2")])
        #expect(pairs(before, after) == ["/dev/sda": "/dev/sda", "/dev/sdb": "/dev/sdb"])
        #expect(pairs(after, before) == ["/dev/sda": "/dev/sda"])
    }

    @Test func `is a new disk though the partition table was copied to it`() {
        let before = map([("sda", nil, "1", "u1"), ("sdb", nil, "1", "u2")])
        let after = map([("sda", nil, "1", "u1"), ("sdb", nil, "1", "u3")])
        #expect(pairs(before, after) == ["/dev/sda": "/dev/sda"])
        #expect(pairs(before, map([("sdb", nil, "1", "u1")])) == ["/dev/sda": "/dev/sdb"])
    }
}
