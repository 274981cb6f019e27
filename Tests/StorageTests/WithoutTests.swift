import TestFiles
import Testing

@testable import Storage

/// A map less one disk is the map that is read when the disk is not there.
struct WithoutTests {
    @Test(arguments: [
        ["lab-a", "lab-b"], ["a", "b"], ["a-alone", "b"], ["a-alone", "b-alone"], ["a-reduced", "b"],
        ["a-rebuild", "b-rebuild"],
        ["a-cut", "b", "c", "g-cut"],
    ])
    func `unplugging in the mind is unplugging in fact`(names: [String]) throws {
        let disks = try names.map { try RecordedDisk($0) }
        let map = try StorageReader.read(paths: disks.map(\.path))
        for gone in disks {
            let read = try StorageReader.read(paths: disks.map(\.path).filter { $0 != gone.path })
            let thought = map.without(gone.id)
            // Compared first: a map that differs would be printed in full.
            let (isSame, isLess) = (thought == read, thought != map)
            #expect(isSame, "without \(gone.path)")
            #expect(isLess)
        }
    }

    @Test func `an outdated half on its own shows what it had`() throws {
        let (a, b) = (try RecordedDisk("a-reduced"), try RecordedDisk("b"))
        let map = try StorageMap.of(a, b)
        let alone = map.without(a.id)
        let group = try #require(alone.groups.first { $0.name == "vg-0" })
        #expect(group.seqno == 15)
        #expect(group.outdated == [])
        #expect(alone.volume("lv:vg-0/my-root")?.signature?.label == "root")
        #expect(alone.volume("lv:vg-0/my-root")?.copies.map(\.currency) == [.current])
    }

    @Test func `a stale half on its own is the newest there is`() throws {
        let (a, b) = (try RecordedDisk("a-alone"), try RecordedDisk("b"))
        let alone = try StorageMap.of(a, b).without(a.id)
        #expect(alone.volumes(label: "ten").first?.copies.map(\.currency) == [.current])
        #expect(alone.volumes(label: "root").first?.copies.map(\.currency) == [.current])
    }

    // sd_format_disk_name of drivers/scsi/sd.c names disks in the order in which they are found.
    @Test func `the disks behind one that is gone move up by a name`() {
        let names = ["/dev/sda", "/dev/sdb", "/dev/sdc", "/dev/nvme0n1"].map { VolumeID($0) }
        let map = StorageMap(
            disks: names.map { Disk(id: $0, size: 10, sectorSize: 512) },
            volumes: names.map { Volume(id: $0, kind: .disk, name: $0.rawValue, size: 10) })
        func found(_ path: String, in map: StorageMap) -> VolumeID? { map.volume(named: path)?.id }
        #expect(found("/dev/sda", in: map) == "/dev/sda")
        let last = map.without("/dev/sdc")
        #expect(found("/dev/sda", in: last) == "/dev/sda")
        #expect(found("/dev/sdc", in: last) == nil)
        let first = map.without("/dev/sda")
        #expect(found("/dev/sda", in: first) == "/dev/sdb")
        #expect(found("/dev/sdb", in: first) == "/dev/sdc")
        #expect(found("/dev/sdc", in: first) == nil)
        #expect(found("/dev/nvme0n1", in: first) == "/dev/nvme0n1")
        for both in [first.without("/dev/sdb"), map.without("/dev/sdb").without("/dev/sda")] {
            #expect(found("/dev/sda", in: both) == "/dev/sdc")
            #expect(found("/dev/sdb", in: both) == nil)
        }
    }

    @Test func `a map written by hand loses what lies on the disk and keeps the rest`() {
        let partition = { (disk: VolumeID) in
            Volume(
                id: VolumeID("\(disk)1"), kind: .partition, name: "\(disk)1", size: 10,
                copies: [Copy(pieces: [Piece(disk: disk, offset: 1, length: 9)])])
        }
        let table = { (disk: VolumeID) in
            PartitionTable(
                type: "dos",
                partitions: [Partition(id: VolumeID("\(disk)1"), number: 1, start: 1, size: 9, type: "0xfd")])
        }
        let member = { (disk: VolumeID, slot: Int) in
            MDMember(
                device: VolumeID("\(disk)1"),
                superblock: MDSuperblock(
                    version: "1.2", arrayUUID: "u", level: 1, raidDisks: 2, role: .active(slot), events: 7,
                    dataOffset: 0, size: 0, offset: 0))
        }
        let array = MDArray(
            id: "md:u", uuid: "u", name: nil, level: 1, raidDisks: 2, version: "1.2",
            members: [member("/dev/sda", 0), member("/dev/sdb", 1)])
        let copies = ["/dev/sda", "/dev/sdb"].map { disk in
            Copy(pieces: [Piece(disk: disk, offset: 5, length: 5)])
        }
        let map = StorageMap(
            disks: ["/dev/sda", "/dev/sdb"].map { Disk(id: $0, size: 10, sectorSize: 512, table: table($0)) },
            volumes: [
                partition("/dev/sda"), partition("/dev/sdb"),
                Volume(id: "md:u", kind: .array, name: "/dev/md0", size: 5, copies: copies),
            ], arrays: [array])
        let alone = map.without("/dev/sdb")
        #expect(alone.disks.map(\.id) == ["/dev/sda"])
        #expect(alone.volumes.map(\.id) == ["/dev/sda1", "md:u"])
        #expect(alone.volume("md:u")?.copies == [copies[0]])
        #expect(alone.arrays[0].members.count == 1)
        let none = alone.without("/dev/sda")
        #expect(none == StorageMap())
    }
}
