import Glibc
import TestFiles
import Testing

@testable import LibBlkid

/// The recordings were made with util-linux 2.38.1, gdisk 1.0.9, e2fsprogs 1.47.0 and xfsprogs 6.1.0.
struct ProbeTests {
    @Test func `swap is told with its label and UUID`() throws {
        let disk = try RecordedDisk("bare")
        let probe = try Probe(descriptor: disk.descriptor, offset: 0, size: disk.size, subject: "bare")
        let found = try probe.signatures()
        #expect(
            found.first
                == Superblock(
                    type: "swap", usage: "other", uuid: "5aa95eed-0000-4000-8000-000000005aa9", subUUID: nil,
                    label: "pages", version: "1"))
        #expect(!found.isAmbivalent)
    }

    @Test func `signatures that contradict each other are all named`() throws {
        let disk = try RecordedDisk("twice")
        let probe = try Probe(descriptor: disk.descriptor, offset: 0, size: disk.size, subject: "twice")
        let found = try probe.signatures()
        #expect(found.isAmbivalent)
        #expect(Set(([found.first] + found.others).compactMap { $0?.type }) == ["xfs", "ext4"])
    }

    @Test func `an empty range holds nothing`() throws {
        let disk = try RecordedDisk("bare")
        let probe = try Probe(descriptor: disk.descriptor, offset: 1 << 20, size: 1 << 20, subject: "bare")
        let (found, table) = (try probe.signatures(), probe.partitions())
        #expect(found == Signatures())
        #expect(table == nil)
    }

    @Test func `an MBR shows primary, extended and logical partitions in bytes`() throws {
        let disk = try RecordedDisk("mbr")
        let probe = try Probe(descriptor: disk.descriptor, offset: 0, size: disk.size, subject: "mbr")
        let found = probe.partitions()
        let table = try #require(found)
        #expect(table.type == "dos")
        #expect(table.uuid == "7d2c8a4e")
        #expect(table.entries.map(\.number) == [1, 2, 3, 5, 6])
        #expect(table.entries.map(\.type) == ["0xfd", "0x8e", "0x5", "0x83", "0x82"])
        #expect(table.entries.map(\.isExtended) == [false, false, true, false, false])
        #expect(table.entries.map(\.isLogical) == [false, false, false, true, true])
        #expect(table.entries[0].flags & 0x80 != 0)
        #expect(table.entries[1].flags & 0x80 == 0)
        #expect(table.entries[0].start == 2048 * 512)
        #expect(table.entries[3].start == 12288 * 512)
        #expect(table.entries[3].size == 2048 * 512)
        #expect(table.entries[4].uuid == "7d2c8a4e-06")
    }

    @Test func `a GPT of 4096-byte sectors needs to be told their size`() throws {
        let disk = try RecordedDisk("gpt4096")
        let small = try Probe(
            descriptor: disk.descriptor, offset: 0, size: disk.size, sectorSize: 512, subject: "gpt")
        let misread = small.partitions()
        #expect(misread == nil)
        let large = try Probe(
            descriptor: disk.descriptor, offset: 0, size: disk.size, sectorSize: 4096, subject: "gpt")
        let found = large.partitions()
        let table = try #require(found)
        #expect(table.type == "gpt")
        #expect(table.uuid == "0fc63daf-0001-4772-8e79-3d69d8477de4")
        #expect(table.entries.count == 2)
        #expect(table.entries[0].name == "boot mirror a")
        #expect(table.entries[0].type == "a19d880f-05fc-4d3b-a006-743f0f84911e")
        #expect(table.entries[0].uuid == "11111111-2222-3333-4444-555555555555")
        #expect(table.entries[0].start == 1 << 20)
        #expect(table.entries[0].size == 4 << 20)
    }

    @Test func `a failure names what was probed`() throws {
        let closed = dup(0)
        close(closed)
        #expect(throws: BlkidError("probe", "/dev/gone", number: EBADF)) {
            _ = try Probe(descriptor: closed, offset: 0, size: 4096, subject: "/dev/gone").signatures()
        }
        #expect(
            BlkidError("probe", "/dev/gone", number: EBADF).description.hasPrefix(
                "cannot probe '/dev/gone': "))
    }

    @Test(arguments: [(UInt64.max, 512), (0, UInt64.max), (0, 0)] as [(UInt64, UInt64)])
    func `a range no file can have is refused`(offset: UInt64, size: UInt64) throws {
        let disk = try RecordedDisk("bare")
        let number = disk.descriptor
        #expect(throws: BlkidError.self) {
            _ = try Probe(descriptor: number, offset: offset, size: size, subject: "bare")
        }
    }
}
