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
}
