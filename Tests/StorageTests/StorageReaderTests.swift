import Machine
import TestFiles
import Testing

@testable import Storage

/// Whole maps of recorded disks, checked against what mdadm --examine, lvs and blkid said of them.
struct StorageReaderTests {
    @Test func `the lab's machine comes out whole`() throws {
        let (a, b) = (try RecordedDisk("lab-a"), try RecordedDisk("lab-b"))
        let map = try StorageMap.of(a, b)
        #expect(map.disks.map(\.table?.type) == ["dos", "dos"])
        #expect(map.disks[0].table?.partitions.map(\.type) == ["0xfd", "0x8e"])
        let array = try #require(map.arrays.first)
        #expect(array.id == "md:6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e6f")
        #expect(array.name == "mirror:0")
        #expect(array.version == "1.2")
        #expect(array.members.map(\.device) == [VolumeID("\(a.id)#1"), VolumeID("\(b.id)#1")])
        #expect(array.members.map(\.superblock.role) == [.active(0), .active(1)])
        let boot = try #require(map.volume(array.id))
        #expect(boot.name == "/dev/md0")
        #expect(boot.signature?.type == "xfs")
        #expect(boot.log == .clean)
        #expect(boot.copies.map(\.currency) == [.current, .current])
        // Partition at 1 MiB, data at 1 MiB behind it.
        #expect(boot.copies[0].pieces == [Piece(disk: a.id, offset: 2 << 20, length: 418_381_824)])
        let root = try #require(map.volume("lv:rhel/root"))
        #expect(root.signature?.type == "ext4")
        #expect(root.size == 375 << 22)
        #expect(root.copies.map(\.currency) == [.current, .current])
        #expect(root.copies.map(\.disks) == [[a.id], [b.id]])
        #expect(map.volume("lv:rhel/swap")?.signature?.type == "swap")
        #expect(map.groups.first?.physicalVolumes.map(\.seqno) == [10, 10])
        #expect(map.disks(under: "lv:rhel/root") == [a.id, b.id])
    }

    @Test func `superblocks of every format are found where each has its place`() throws {
        let map = try StorageMap.of(try RecordedDisk("a"), try RecordedDisk("b"))
        #expect(Set(map.arrays.map(\.version)) == ["0.90", "1.0", "1.1", "1.2"])
        #expect(map.arrays.allSatisfy { $0.members.allSatisfy(\.superblock.checksumHolds) })
        let names = ["ninety", "ten", "eleven", "last"]
        for name in names {
            let volume = try #require(map.volumes(label: name).first)
            #expect(volume.kind == .array)
            #expect(volume.signature?.type == "ext4")
            #expect(volume.copies.count == 2)
        }
        #expect(map.volumes(label: "ninety").first?.name == "/dev/md90")
        #expect(map.volumes(label: "ten").first?.name == "/dev/md/ten")
    }

    @Test func `what is not mapped says why`() throws {
        let map = try StorageMap.of(try RecordedDisk("a"), try RecordedDisk("b"))
        let reasons = Dictionary(
            map.volumes.compactMap { volume in volume.unmapped.map { (volume.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        #expect(
            reasons == [
                "/dev/md/stripes": "raid0", "/dev/vg-0/wide": "striped over 2", "/dev/vg-0/pool": "thin-pool",
                "/dev/vg-0/thin": "thin",
                "/dev/mapper/luks-11111111-2222-3333-4444-555555555555": "locked (LUKS2)",
            ])
    }

    @Test func `volumes on a mirror have a copy on each of its disks`() throws {
        let (a, b) = (try RecordedDisk("a"), try RecordedDisk("b"))
        let map = try StorageMap.of(a, b)
        let data = try #require(map.volume("lv:onmd/data"))
        #expect(data.signature?.label == "data")
        #expect(data.copies.map(\.disks) == [[a.id], [b.id]])
        #expect(map.disks(under: "luks:11111111-2222-3333-4444-555555555555") == [])
        #expect(map.volume(holding: "luks:11111111-2222-3333-4444-555555555555")?.id == "lv:onmd/secret")
    }

    @Test func `a member that ran alone leaves the other behind`() throws {
        let (a, b) = (try RecordedDisk("a-alone"), try RecordedDisk("b"))
        let map = try StorageMap.of(a, b)
        for label in ["ninety", "ten", "eleven", "root"] {
            let volume = try #require(map.volumes(label: label).first)
            #expect(volume.copies.map(\.currency) == [.current, .stale], "\(volume.name)")
            #expect(volume.copies[0].disks == [a.id])
            #expect(volume.copies[1].reason?.contains("counts it as failed") == true)
        }
    }

    @Test func `two halves that each ran alone are a split brain`() throws {
        let map = try StorageMap.of(try RecordedDisk("a-alone"), try RecordedDisk("b-alone"))
        for label in ["ninety", "ten", "eleven", "root"] {
            let volume = try #require(map.volumes(label: label).first)
            #expect(volume.copies.map(\.currency) == [.unknown, .unknown], "\(volume.name)")
            #expect(volume.copies.allSatisfy { $0.reason?.hasPrefix("split brain") == true })
        }
        #expect(map.volumes(label: "last").first?.copies.map(\.currency) == [.current, .current])
    }

    @Test func `a half that was being rebuilt when the power went is stale, however it came to be rebuilt`()
        throws
    {
        let (a, b) = (try RecordedDisk("a-rebuild"), try RecordedDisk("b-rebuild"))
        let map = try StorageMap.of(a, b)
        for path in ["/dev/md/ten", "/dev/vg-0/my-root", "/dev/vg-0/conv"] {
            let volume = try #require(map.volume(named: path))
            #expect(volume.copies.map(\.currency) == [.current, .stale], "\(path)")
            #expect(volume.copies.map(\.disks) == [[a.id], [b.id]], "\(path)")
            #expect(volume.copies[1].reason?.hasPrefix("rebuilt only up to byte") == true, "\(path)")
            // Alone it is no better.
            #expect(map.without(a.id).volume(named: path)?.copies.map(\.currency) == [.stale], "\(path)")
        }
        // Format 0.90 counts a member that is being rebuilt as a spare.
        let ninety = try #require(map.volume(named: "/dev/md90"))
        #expect(ninety.copies.map(\.disks) == [[a.id]])
        #expect(map.array(ninety.id)?.members.map(\.superblock.role) == [.active(0), .spare])
    }

    @Test func `a power cut shows in logs, orphans and a resync that is due`() throws {
        let map = try StorageMap.of(try RecordedDisk("a-cut"), try RecordedDisk("b"))
        let ninety = try #require(map.volumes(label: "ninety").first)
        #expect(ninety.copies[0].log == .dirty)
        #expect(map.array(ninety.id)?.members[0].superblock.resyncOffset == 0)
        let ten = try #require(map.volumes(label: "ten").first)
        #expect(ten.log == .dirty)
        #expect(ten.hasOrphans)
        #expect(map.volumes(label: "eleven").first?.log == .clean)
    }

    @Test(arguments: [("g", LogState.clean), ("g-cut", .dirty)])
    func `an XFS log tells whether it was unmounted`(name: String, state: LogState) throws {
        let map = try StorageMap.of(try RecordedDisk(name))
        let volume = try #require(map.volumes.first { $0.kind == .array })
        #expect(volume.signature?.type == "xfs")
        #expect(volume.log == state)
    }

    @Test func `a superblock at the end of disk and partition belongs to the partition`() throws {
        let c = try RecordedDisk("c")
        let map = try StorageMap.of(c)
        #expect(map.arrays.map { $0.members.map(\.device) } == [[VolumeID("\(c.id)#1")]])
        #expect(map.volume(c.id)?.signature == nil)
        #expect(map.volumes(label: "tail").first?.copies.map(\.currency) == [.current])
    }

    @Test func `a whole-disk member needs no partition table`() throws {
        let e = try RecordedDisk("e")
        let map = try StorageMap.of(e)
        #expect(map.disks[0].table == nil)
        #expect(map.arrays.map { $0.members.map(\.device) } == [[e.id]])
        #expect(map.volumes(label: "whole").first?.copies[0].pieces.first?.offset == 0)
    }

    @Test func `a superblock left over on a disk that was partitioned since is no member`() throws {
        let e = try RecordedDisk("e")
        e.writeTable(start: 2048, count: 16384)
        let map = try StorageMap.of(e)
        #expect(map.disks[0].table?.partitions.count == 1)
        #expect(map.arrays == [])
        // It stays visible: udev would see it too.
        #expect(map.volume(e.id)?.signature?.type == "linux_raid_member")
        #expect(map.without(e.id) == StorageMap())
    }

    @Test func `a damaged superblock is a member nobody vouches for`() throws {
        let (a, b) = (try RecordedDisk("a"), try RecordedDisk("b"))
        // The event count of the superblock 4096 bytes into the fifth partition.
        b.write([0xee], at: 65_011_712 + 4096 + 200)
        let map = try StorageMap.of(a, b)
        let array = try #require(map.volume(named: "/dev/md/pvs"))
        #expect(array.copies.map(\.currency) == [.current, .unknown])
        #expect(array.copies.last?.reason == "the checksum of its superblock does not hold")
    }

    @Test func `a physical volume that the group dropped is a stray`() throws {
        let b = try RecordedDisk("b")
        let map = try StorageMap.of(try RecordedDisk("a-reduced"), b)
        let group = try #require(map.groups.first { $0.name == "vg-0" })
        #expect(group.seqno == 24)
        #expect(group.outdated.map(\.seqno) == [15])
        #expect(group.physicalVolumes.count == 1)
        #expect(map.strayPhysicalVolumes.map(\.device) == [VolumeID("\(b.id)#6")])
        #expect(map.strayPhysicalVolumes[0].failure == "volume group vg-0 no longer counts it")
        #expect(map.volume("lv:vg-0/my-root")?.copies.count == 1)
    }

    @Test func `a missing physical volume keeps the group and drops the copy`() throws {
        let map = try StorageMap.of(try RecordedDisk("a"))
        let group = try #require(map.groups.first { $0.name == "vg-0" })
        #expect(group.physicalVolumes.map { $0.device == nil } == [false, true])
        #expect(map.volume("lv:vg-0/my-root")?.copies.map(\.currency) == [.current])
        #expect(map.volume("lv:vg-0/two")?.copies.count == 1)
    }

    @Test func `a clone of a disk is a duplicate and not a copy to trust`() throws {
        let (a, clone) = (try RecordedDisk("lab-a"), try RecordedDisk("lab-a"))
        let map = try StorageMap.of(a, clone)
        #expect(map.groups[0].physicalVolumes[0].duplicates.count == 1)
        let boot = try #require(map.volumes.first { $0.kind == .array })
        #expect(boot.copies.map(\.currency) == [.unknown, .unknown])
        #expect(boot.copies[0].reason?.contains("claims the same slot") == true)
    }

    @Test func `a volume reads as one run of bytes`() throws {
        let (a, b) = (try RecordedDisk("lab-a"), try RecordedDisk("lab-b"))
        defer { withExtendedLifetime((a, b)) {} }
        let map = try StorageMap.of(a, b)
        let root = try map.source(of: "lv:rhel/root")
        #expect(root.size == 375 << 22)
        // ext4's magic.
        #expect(try root.read(at: 1024 + 0x38, count: 2) == [0x53, 0xef])
        #expect(try root.read(at: root.size - 1, count: 10).count == 1)
        #expect(try root.read(at: root.size, count: 10) == [])
    }

    @Test func `a volume that lies nowhere cannot be read, and says why`() throws {
        let map = try StorageMap.of(try RecordedDisk("a"), try RecordedDisk("b"))
        let error = #expect(throws: SystemError.self) { _ = try map.source(of: "lv:vg-0/wide") }
        #expect(error?.description == "cannot read '/dev/vg-0/wide': striped over 2")
    }
}

extension VolumeID: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
}
