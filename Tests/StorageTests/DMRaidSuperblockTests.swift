import Testing

@testable import Storage

struct DMRaidSuperblockTests {
    private typealias Image = (superblock: DMRaidSuperblock?, isRebuild: Bool)

    private func image(
        _ position: Int, events: UInt64 = 20, failed: UInt64 = 0, recovered: UInt64? = nil,
        resynced: UInt64? = nil
    ) -> Image {
        (
            DMRaidSuperblock(
                devices: 2, position: position, events: events, failedDevices: failed,
                recoveryOffset: recovered,
                resyncOffset: resynced), false
        )
    }

    private func currencies(_ images: [Image]) -> [Copy.Currency] {
        DMRaidSuperblock.judge(images).map(\.currency)
    }

    @Test func `images in step are current`() {
        #expect(currencies([image(0), image(1)]) == [.current, .current])
    }

    @Test func `the newest says who has failed`() {
        #expect(currencies([image(0, events: 21, failed: 0b10), image(1)]) == [.current, .stale])
        #expect(currencies([image(0), image(1, events: 30, failed: 0b01)]) == [.stale, .current])
    }

    @Test func `images that each counted the other as failed are a split brain`() {
        #expect(
            currencies([image(0, events: 21, failed: 2), image(1, events: 40, failed: 1)]) == [
                .unknown, .unknown,
            ])
    }

    @Test func `an image that is being rebuilt is stale, by its own word or LVM's`() {
        #expect(currencies([image(0), image(1, recovered: 4096)]) == [.current, .stale])
        #expect(currencies([image(0), (image(1).superblock, true)]) == [.current, .stale])
        #expect(currencies([image(0, recovered: 4096), image(1)]) == [.stale, .current])
    }

    @Test func `before the initial sync only the first image counts`() {
        #expect(currencies([image(0, resynced: 0), image(1, resynced: 0)]) == [.current, .unknown])
    }

    @Test func `a conversion that was never activated mirrored nothing`() {
        #expect(currencies([(nil, false), (nil, false)]) == [.current, .stale])
    }

    @Test func `an image whose metadata cannot be read is not vouched for`() {
        #expect(currencies([image(0), (nil, false)]) == [.current, .unknown])
    }

    @Test func `only the magic makes a superblock`() {
        #expect(DMRaidSuperblock([UInt8](repeating: 0, count: 4096)) == nil)
        #expect(DMRaidSuperblock(Array("DmRd".utf8)) == nil)
        let written = DMRaidSuperblock(Array("DmRd".utf8) + [UInt8](repeating: 0xff, count: 508))
        #expect(written?.recoveryOffset == nil)
        #expect(written?.hasFailed(63) == true)
        #expect(written?.hasFailed(64) == false)
    }

    // Lines of dm-raid.rst and of a running machine.
    @Test(
        arguments: [
            ("raid raid1 2 AA 3072000/3072000 idle 0 0 -", "AA", 3_072_000, "idle"),
            ("raid raid1 2 Aa 1024/3072000 recover 0", "Aa", 1024, "recover"),
            ("raid raid1 2 DA 5/5", "DA", 5, "idle"),
        ] as [(String, String, UInt64, String)])
    func `the kernel's status line says who is in sync`(
        line: String, health: String, done: UInt64, action: String
    ) throws {
        let status = try #require(DMRaidStatus(parsing: line))
        #expect((status.health, status.done, status.action) == (health, done, action))
    }

    @Test(arguments: [
        "", "linear ", "raid raid1 2 AA", "raid raid1 2 AA half/all idle 0", "raid raid1 2 XY 1/2",
    ])
    func `other lines are none`(line: String) {
        #expect(DMRaidStatus(parsing: line) == nil)
    }

    @Test func `while it runs the kernel is believed, not the superblocks behind it`() {
        let segment = LogicalVolume.Segment(
            start: 0, count: 1, type: "raid1", images: ["i0", "i1"], metadata: ["m0", "m1"])
        var root = LogicalVolume(id: "r", name: "root", segments: [segment])
        let group = VolumeGroup(
            id: "g", name: "rhel", seqno: 1, extentSize: 4096,
            logicalVolumes: [
                LogicalVolume(id: "a", name: "m0", raidSuperblock: image(0).superblock),
                LogicalVolume(id: "b", name: "m1", raidSuperblock: image(1, recovered: 4096).superblock),
            ])
        #expect(group.images(of: root).map(\.judgement.standing) == [.current, .rebuilding])
        root.raidStatus = DMRaidStatus(health: "AA", done: 5, total: 5, action: "idle")
        #expect(group.images(of: root).map(\.judgement.standing) == [.current, .current])
        root.raidStatus = DMRaidStatus(health: "Aa", done: 1, total: 5, action: "recover")
        #expect(group.images(of: root).map(\.judgement.standing) == [.current, .rebuilding])
        root.raidStatus = DMRaidStatus(health: "aD", done: 1, total: 5, action: "idle")
        #expect(group.images(of: root).map(\.judgement.standing) == [.behind, .behind])
    }
}
