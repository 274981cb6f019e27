import Testing

@testable import Storage

struct MDCurrencyTests {
    private func member(
        _ device: VolumeID, slot: Int?, events: UInt64, roles: [UInt16] = [0, 1], recovered: UInt64? = nil,
        resynced: UInt64? = nil, whole: Bool = true
    ) -> MDMember {
        MDMember(
            device: device,
            superblock: MDSuperblock(
                version: "1.2", arrayUUID: "u", level: 1, raidDisks: 2,
                role: slot.map { .active($0) } ?? .spare,
                roles: roles, events: events, dataOffset: 0, size: 100, offset: 0, resyncOffset: resynced,
                recoveryOffset: recovered, checksumHolds: whole))
    }

    @Test(
        arguments: [
            (10, Copy.Currency.current), (9, .current), (8, .stale), (1, .stale),
        ] as [(UInt64, Copy.Currency)])
    func `a member may lag by one event`(events: UInt64, currency: Copy.Currency) {
        let judged = MDArray.judge([member("a", slot: 0, events: 10), member("b", slot: 1, events: events)])
        #expect(judged.map(\.currency) == [.current, currency])
    }

    @Test func `who the newest counts as failed is stale though its events agree`() {
        let judged = MDArray.judge([
            member("a", slot: 0, events: 10, roles: [0, 0xfffe]), member("b", slot: 1, events: 9),
        ])
        #expect(judged.map(\.currency) == [.current, .stale])
    }

    @Test func `halves that wrote each other off are a split brain whatever their events`() {
        let judged = MDArray.judge([
            member("a", slot: 0, events: 10, roles: [0]),
            member("b", slot: 1, events: 500, roles: [0xffff, 1]),
        ])
        #expect(judged.map(\.currency) == [.unknown, .unknown])
    }

    @Test func `a member that is being rebuilt is stale`() {
        let judged = MDArray.judge([
            member("a", slot: 0, events: 10), member("b", slot: 1, events: 10, recovered: 40),
        ])
        #expect(judged.map(\.currency) == [.current, .stale])
        #expect(judged[1].reason == "rebuilt only up to byte 40 of 100")
    }

    @Test func `before a resync only the first slot is what the kernel would read`() {
        let members = [
            member("a", slot: 1, events: 10, resynced: 0), member("b", slot: 0, events: 10, resynced: 0),
        ]
        #expect(MDArray.judge(members).map(\.currency) == [.unknown, .current])
        #expect(MDArray.judge(members, isIdle: true).map(\.currency) == [.current, .current])
    }

    @Test func `a spare and a damaged superblock hold nothing to trust`() {
        let judged = MDArray.judge([
            member("a", slot: 0, events: 10), member("b", slot: nil, events: 10),
            member("c", slot: 1, events: 99, whole: false),
        ])
        #expect(judged.map(\.currency) == [.current, .stale, .unknown])
    }
}
