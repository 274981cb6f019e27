import Bytes
import Glibc
import Machine
import TestFiles
import Testing

@testable import Storage

/// Disks that are broken in ways nobody thought of: whatever they say, a map comes out, soon and of sane size.
struct HostileDiskTests {
    /// A small generator with a seed, so that a failure can be repeated (xorshift64, Marsaglia 2003).
    private struct Chance: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    @Test(
        arguments: [("a", 1), ("a-cut", 2), ("lab-a", 3), ("c", 4), ("e", 5), ("g-cut", 6)]
            as [(String, UInt64)])
    func `flipped bytes never stop the reading`(name: String, seed: UInt64) throws {
        var chance = Chance(state: seed)
        for round in 0..<12 {
            let disk = try RecordedDisk(name) { recording in
                var position = 16
                while let length = recording.little(UInt64.self, at: position + 8), length > 0 {
                    for _ in 0..<(1 + Int(length) / 2048) {
                        let at = position + 16 + Int.random(in: 0..<Int(length), using: &chance)
                        recording[at] =
                            [0, 0xff, UInt8.random(in: 0...255, using: &chance)].randomElement() ?? 0
                    }
                    position += 16 + Int(length)
                }
            }
            let map = try StorageMap.of(disk)
            #expect(map.disks.count == 1, "round \(round)")
            #expect(map.volumes.count < 1000, "round \(round)")
            _ = map.without(disk.id)
        }
    }

    @Test func `metadata superblocks of all ones and all zeros are judged, not trusted`() {
        for byte: UInt8 in [0, 0xff] {
            let bytes = [UInt8](repeating: byte, count: 4096)
            #expect(MDSuperblock.parse1(bytes, at: 0, version: "1.1") == nil)
            #expect(MDSuperblock.parse090(bytes, at: 0) == nil)
            #expect(LVMLabel(bytes) == nil)
        }
    }

    @Test func `numbers past the end of everything do not trap`() throws {
        var bytes = [UInt8](repeating: 0xff, count: 4096)
        bytes.replaceSubrange(0..<8, with: [0xfc, 0x4e, 0x2b, 0xa9, 1, 0, 0, 0])
        bytes.replaceSubrange(80..<88, with: [UInt8](repeating: 0, count: 8))
        bytes.replaceSubrange(128..<136, with: [UInt8](repeating: 0, count: 8))
        bytes.replaceSubrange(144..<152, with: [UInt8](repeating: 0, count: 8))
        let superblock = try #require(MDSuperblock.parse1(bytes, at: 0, version: "1.1"))
        #expect(!superblock.checksumHolds)
        #expect(superblock.recoveryOffset == .max)
        #expect(superblock.roles == [])
    }

    @Test(arguments: [0, 1, 511, 512, 4095, 4096, 65536, 131_072, 1 << 20])
    func `an image of any size is a disk`(size: Int) throws {
        let disk = try RecordedDisk(bytes: [], size: size)
        let map = try StorageMap.of(disk)
        #expect(map.disks.map(\.size) == [UInt64(size)])
        #expect((map.disks[0].failure == nil) == (size > 0))
        #expect(map.arrays == [])
    }

    @Test func `a truncated disk keeps its table and says what is beyond the end`() throws {
        let disk = try RecordedDisk("lab-a")
        #expect(truncate(disk.path, 400 << 20) == 0)
        let map = try StorageMap.of(disk)
        #expect(map.disks[0].table?.partitions.count == 2)
        #expect(
            map.volume(VolumeID("\(disk.path)#2"))?.failure?.contains("behind the end of the disk") == true)
        #expect(map.volumes.contains { $0.kind == .array })
    }

    @Test(arguments: ["/dev/no-such-disk", "/dev", "/dev/null"])
    func `what is no disk is an error that says what to do`(path: String) {
        let error = #expect(throws: SystemError.self) { _ = try StorageReader.read(paths: [path]) }
        #expect(error?.subject == path)
        #expect(error?.hint == "bootmend scan lists what is here")
    }

    @Test func `an extent map that loops or overflows has no place on the disks`() {
        let segment = { (name: String, extent: UInt64, count: UInt64) in
            LogicalVolume.Segment(
                start: 0, count: count, type: "striped",
                stripes: [LogicalVolume.Stripe(physicalVolume: name, extent: extent)])
        }
        let group = VolumeGroup(
            id: "g", name: "vg", seqno: 1, extentSize: 1 << 22,
            physicalVolumes: [PhysicalVolume(name: "pv0", uuid: "u", device: "d", dataStart: .max - 5)],
            logicalVolumes: [
                LogicalVolume(id: "1", name: "loop", segments: [segment("loop", 0, 1)]),
                LogicalVolume(id: "2", name: "far", segments: [segment("pv0", .max, .max)]),
                LogicalVolume(id: "3", name: "wrap", segments: [segment("pv0", 1, 1)]),
                LogicalVolume(id: "4", name: "lost", segments: [segment("pv9", 0, 1)]),
                LogicalVolume(id: "5", name: "none"),
            ])
        let device = Volume(
            id: "d", kind: .disk, name: "d", size: 1 << 30,
            copies: [Copy(pieces: [Piece(disk: "d", offset: 0, length: 1 << 30)])])
        let mapping = LogicalVolumeMapping(group: group, volumes: ["d": device])
        for volume in group.logicalVolumes {
            guard case .unmapped = mapping.copies(of: volume) else {
                Issue.record("\(volume.name) is mapped")
                continue
            }
        }
        #expect(mapping.size(of: group.logicalVolumes[1]) == 0)
    }
}
