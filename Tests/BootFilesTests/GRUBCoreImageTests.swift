import Bytes
import Machine
import Testing

@testable import BootFiles

@Suite struct `Core image` {
    @Test func `a core on an array is read with its redundancy`() throws {
        let core = try CoreImage.read(from: MemorySource(try GRUBFixture.bytes("array.img")), at: 1)
        #expect(core.damage == nil)
        #expect(core.sectors == 119)
        #expect(core.prefix == "(mduuid/4d1a1f2b3c4d5e6f708192a3b4c5d6e7)/grub")
        #expect(core.target == .array("4d1a1f2b3c4d5e6f708192a3b4c5d6e7"))
        #expect(core.directory == "/grub")
        #expect(core.configuration == nil)
        // Dependencies of the five that were asked for come along.
        #expect(Set(["biosdisk", "part_msdos", "diskfilter", "mdraid1x", "xfs"]).isSubset(of: core.modules))
    }

    @Test func `a core without redundancy is read though its size is only known to the sector`() throws {
        let core = try CoreImage.read(from: MemorySource(try GRUBFixture.bytes("partition.img")), at: 1)
        #expect(core.damage == nil)
        #expect(core.prefix == "(,msdos1)/grub2")
        #expect(core.target == .partition(scheme: "msdos", number: 1))
        #expect(core.fingerprint?.hasPrefix("27026:") == true)
        #expect(core.modules.contains("ext2"))
    }

    @Test func `an embedded configuration decides before the prefix does`() throws {
        let core = try CoreImage.read(from: MemorySource(try GRUBFixture.bytes("search.img")), at: 40)
        #expect(core.damage == nil)
        #expect(core.configuration?.hasPrefix("search.fs_uuid 0a1b2c3d-") == true)
        #expect(core.target == .filesystem(uuid: "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"))
        #expect(core.directory == "/boot/grub")
    }

    @Test func `the core on the disk and the file it was made from have one fingerprint`() throws {
        let disk = try CoreImage.read(from: MemorySource(try GRUBFixture.bytes("array.img")), at: 1)
        let file = CoreImage(parsingFile: try GRUBFixture.bytes("array.core"))
        #expect(file.damage == nil)
        #expect(disk.fingerprint == file.fingerprint)
        #expect(disk.fingerprint?.hasPrefix("32790:") == true)
        let other = try CoreImage.read(from: MemorySource(try GRUBFixture.bytes("search.img")), at: 40)
        #expect(other.fingerprint != file.fingerprint)
    }

    @Test(
        arguments: [
            (
                "(mduuid/4D1A1F2B:3c4d5e6f:708192a3:b4c5d6e7)/grub2",
                .array("4d1a1f2b3c4d5e6f708192a3b4c5d6e7")
            ),
            (
                "(lvmid/aaaaaa-bbbb/cccccc-dddd)/boot/grub",
                .logicalVolume(group: "aaaaaa-bbbb", volume: "cccccc-dddd")
            ),
            ("(,gpt2)/boot/grub", .partition(scheme: "gpt", number: 2)),
            ("(hd0,msdos1)/grub", .drive(0, scheme: "msdos", number: 1)),
            ("(hd1,gpt2)/boot/grub2", .drive(1, scheme: "gpt", number: 2)),
            ("(hd0,1)/grub", .other("(hd0,1)/grub")),
            ("(md0,msdos1)/grub", .other("(md0,msdos1)/grub")),
            ("(mduuid/12)/grub", .other("(mduuid/12)/grub")),
            (
                "(cryptouuid/c0ffee00000040008000000000C0DE11)/grub",
                .container("c0ffee00000040008000000000c0de11")
            ),
            ("/EFI/debian", .other("/EFI/debian")),
        ] as [(String, CoreImage.Target)])
    func `a prefix leads somewhere`(prefix: String, target: CoreImage.Target) {
        #expect(CoreImage(sector: 1, sectors: 1, prefix: prefix).target == target)
    }

    @Test(
        arguments: [
            ("search.fs_label BOOT root", .label("BOOT")),
            ("search --no-floppy --set=root -l 'MY BOOT'", .label("MY BOOT")),
            ("search --label BOOT --hint hd0,msdos1", .other("search --label BOOT --hint hd0,msdos1")),
            ("search --no-floppy --fs-uuid --set=root AB12-CD34", .filesystem(uuid: "AB12-CD34")),
            ("search --file --set=root /.mark", .other("search --file --set=root /.mark")),
            ("search.file /.mark root", .other("search.file /.mark root")),
            ("search.fs_uuid AB12-CD34 root\nsearch.file /.mark root", .other("several searches")),
            ("menuentry x {\nsearch.fs_label BOOT root\n}", .partition(scheme: "msdos", number: 1)),
            ("set prefix=(hd1,gpt2)/grub", .drive(1, scheme: "gpt", number: 2)),
            ("set root='hd0,gpt2'\nset prefix=($root)/grub", .drive(0, scheme: "gpt", number: 2)),
            ("set prefix=($root)'/boot/grub'", .partition(scheme: "msdos", number: 1)),
            ("set btrfs_relative_path=\"y\"", .partition(scheme: "msdos", number: 1)),
        ] as [(String, CoreImage.Target)])
    func `an embedded configuration leads somewhere`(configuration: String, target: CoreImage.Target) {
        let core = CoreImage(
            sector: 1, sectors: 1, prefix: "(,msdos1)/grub", configuration: configuration + "\n")
        #expect(core.target == target)
    }

    @Test func `a core without a prefix leads nowhere, unless a configuration runs in it`() {
        var core = CoreImage(sector: 1, sectors: 1)
        #expect(core.target == nil)
        core.configuration = ""
        #expect(core.target == nil)
        core.configuration = "search.fs_label BOOT root\n"
        #expect(core.target == .label("BOOT"))
        core.configuration = "configfile (hd0,msdos1)/grub/grub.cfg\n"
        #expect(core.target == .other("a configuration without a prefix"))
    }
}

@Suite struct `Damaged core image` {
    /// A disk whose core image something happened to, and the words that must name it.
    static let faults: [(what: String, damage: String, fault: @Sendable (inout [UInt8]) -> Void)] = [
        (
            "erased", "sector 1 holds zeros",
            { $0.replaceSubrange(512..<61440, with: repeatElement(0, count: 60928)) }
        ),
        ("foreign", "something else", { $0.replaceSubrange(512..<1024, with: repeatElement(7, count: 512)) }),
        ("no disk", "past the end of the disk", { $0.removeLast($0.count - 512) }),
        ("short disk", "past the end of the disk", { $0.removeLast(512) }),
        ("block far away", "past the end of the disk", { $0[512 + 0x1f9] = 9 }),
        ("first block elsewhere in memory", "out of order", { $0[512 + 0x1ff] = 9 }),
        ("empty list", "is empty", { $0.replaceSubrange(1020..<1022, with: [0, 0]) }),
        ("no decompressor", "no decompressor", { $0[1024] = 0 }),
        ("size of nothing", "past its last sector", { $0[1024 + 0x0b] = 1 }),
        ("overwritten", "its redundancy of", { for offset in 16384..<33302 { $0[offset] = 0 } }),
        (
            "broken stream, and no redundancy written", "breaks off after",
            {
                for offset in 20000..<20100 { $0[offset] ^= 0x55 }
                for offset in 34000..<$0.count { $0[offset] = 0 }
            }
        ),
    ]

    @Test(arguments: faults.indices)
    func `what is wrong is said`(index: Int) throws {
        var disk = try GRUBFixture.bytes("array.img")
        Self.faults[index].fault(&disk)
        let core = try CoreImage.read(from: MemorySource(disk), at: 1)
        #expect(
            core.damage?.contains(Self.faults[index].damage) == true, "\(Self.faults[index].what): \(core)")
        #expect(core.target == nil)
    }

    @Test(arguments: [("array.img", 120), ("partition.img", 54)])
    func `a disk that ends inside the core is damaged, wherever it ends`(image: String, sectors: Int) throws {
        let disk = try GRUBFixture.bytes(image)
        for count in stride(from: 0, through: disk.count, by: 701) {
            let core = try CoreImage.read(from: MemorySource(Array(disk.prefix(count))), at: 1)
            #expect((core.damage == nil) == (count >= sectors * 512), "\(count) bytes")
        }
    }

    @Test func `no flipped bit in the headers crashes`() throws {
        let disk = try GRUBFixture.bytes("array.img")
        for offset in Array(1004..<1060) {
            for bit in [0, 3, 7] {
                var disk = disk
                disk[offset] ^= 1 << UInt8(bit)
                _ = try CoreImage.read(from: MemorySource(disk), at: 1)
            }
        }
    }

    @Test func `no flipped byte in the unpacked core crashes`() throws {
        let loaded = LoadedCore(file: try GRUBFixture.bytes("array.core"))
        let decoded = DecodedCore(loaded)
        #expect(decoded.damage == nil)
        let start = decoded.bytes.offset(of: Array("mimg".utf8) + [12, 0, 0, 0]) ?? 0
        #expect(start > 0)
        for offset in stride(from: start, to: decoded.bytes.count, by: 61) {
            var bytes = Array(decoded.bytes[start...])
            bytes[offset - start] ^= 0xff
            _ = ModuleArea(parsing: bytes)
        }
    }

    @Test func `a sector beyond all numbers is past the end`() throws {
        let core = try CoreImage.read(from: MemorySource([1, 2, 3]), at: .max)
        #expect(core.damage?.contains("past the end") == true)
    }
}
