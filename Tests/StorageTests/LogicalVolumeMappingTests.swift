import Testing

@testable import Storage

struct LogicalVolumeMappingTests {
    private func linear(_ name: String, _ areas: [(String, UInt64, UInt64)], flags: [String] = [])
        -> LogicalVolume
    {
        var start: UInt64 = 0
        var segments: [LogicalVolume.Segment] = []
        for (volume, extent, count) in areas {
            segments.append(
                LogicalVolume.Segment(
                    start: start, count: count, type: "striped",
                    stripes: [LogicalVolume.Stripe(physicalVolume: volume, extent: extent)]))
            start += count
        }
        return LogicalVolume(id: name, name: name, flags: flags, segments: segments)
    }

    /// Two physical volumes of 100 extents of 10 bytes, the first extent at byte 5; `b` may be a mirror itself.
    private func mapping(
        _ volumes: [LogicalVolume], flagsOfB: [String] = [], copiesOfB: [VolumeID] = ["b"]
    ) -> LogicalVolumeMapping {
        let group = VolumeGroup(
            id: "g", name: "vg", seqno: 1, extentSize: 10,
            physicalVolumes: [
                PhysicalVolume(name: "pv0", uuid: "0", device: "a1", dataStart: 5, extentCount: 100),
                PhysicalVolume(
                    name: "pv1", uuid: "1", device: "b1", flags: flagsOfB, dataStart: 5, extentCount: 100),
            ], logicalVolumes: volumes)
        let device = { (id: VolumeID, disks: [VolumeID]) in
            Volume(
                id: id, kind: .partition, name: "\(id)", size: 1005,
                copies: disks.map { Copy(pieces: [Piece(disk: $0, offset: 1000, length: 1005)]) })
        }
        return LogicalVolumeMapping(
            group: group, volumes: ["a1": device("a1", ["a"]), "b1": device("b1", copiesOfB)])
    }

    private func copies(_ mapping: LogicalVolumeMapping, _ name: String) throws -> [Copy] {
        guard case .copies(let copies) = mapping.copies(of: try #require(mapping.group.logicalVolume(name)))
        else {
            return []
        }
        return copies
    }

    @Test func `extents become bytes on the disk`() throws {
        let mapping = mapping([linear("one", [("pv0", 2, 3)])])
        #expect(try copies(mapping, "one").map(\.pieces) == [[Piece(disk: "a", offset: 1025, length: 30)]])
        #expect(mapping.size(of: mapping.group.logicalVolumes[0]) == 30)
    }

    @Test func `segments that touch become one run, others stay apart`() throws {
        let mapping = mapping([
            linear("touching", [("pv0", 0, 1), ("pv0", 1, 2)]),
            linear("apart", [("pv0", 4, 1), ("pv1", 0, 1)]),
        ])
        #expect(
            try copies(mapping, "touching").map(\.pieces) == [[Piece(disk: "a", offset: 1005, length: 30)]])
        #expect(
            try copies(mapping, "apart").map(\.pieces) == [
                [Piece(disk: "a", offset: 1045, length: 10), Piece(disk: "b", offset: 1005, length: 10)]
            ])
    }

    @Test func `where a part lies on a mirror each disk gets the copy that stays on it`() throws {
        let mapping = mapping([linear("mixed", [("pv0", 0, 1), ("pv1", 0, 1)])], copiesOfB: ["c", "a"])
        #expect(try copies(mapping, "mixed").map(\.disks) == [["a"], ["a", "c"]])
    }

    @Test func `a raid1 has a copy for each image that is found`() throws {
        let root = LogicalVolume(
            id: "r", name: "root",
            segments: [
                LogicalVolume.Segment(
                    start: 0, count: 2, type: "raid1",
                    images: ["root_rimage_0", "root_rimage_1", "root_rimage_2"],
                    metadata: [])
            ])
        let mapping = mapping([
            root, linear("root_rimage_0", [("pv0", 1, 2)]),
            linear("root_rimage_1", [("pv1", 7, 2)], flags: ["REBUILD"]),
        ])
        let found = try copies(mapping, "root")
        #expect(found.map(\.disks) == [["a"], ["b"]])
        #expect(found.map(\.currency) == [.current, .stale])
    }

    @Test func `a physical volume that LVM went on without is not trusted when it comes back`() throws {
        let mapping = mapping([linear("one", [("pv1", 0, 1)])], flagsOfB: ["ALLOCATABLE", "MISSING"])
        let found = try copies(mapping, "one")
        #expect(found.map(\.currency) == [.stale])
        #expect(found[0].reason == "volume group vg went on without its physical volume pv1")
    }

    @Test func `a snapshot's store is not the snapshot`() {
        var store = linear("snap", [("pv0", 0, 1)])
        store.flags = ["VISIBLE"]
        let snapshot = LogicalVolume(
            id: "s", name: "snapshot0",
            segments: [
                LogicalVolume.Segment(
                    start: 0, count: 1, type: "snapshot", images: ["snap"], metadata: ["root"])
            ])
        let mapping = mapping([store, snapshot])
        #expect(mapping.copies(of: store) == .unmapped("snapshot"))
    }

    @Test func `metadata that refers to itself many times over costs little`() {
        // Each of seven volumes is two thousand times the next.
        let volumes = (0..<7).map { level in
            linear("v\(level)", (0..<2000).map { _ in (level == 6 ? "pv0" : "v\(level + 1)", 0, 1) })
        }
        let mapping = mapping(volumes)
        #expect(mapping.copies(of: volumes[0]) == .unmapped("it is made of more than 16384 pieces"))
        guard case .copies = mapping.copies(of: volumes[6]) else {
            Issue.record("two thousand segments are not too many")
            return
        }
    }
}
