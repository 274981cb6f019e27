extension MDArray {
    /// How far each member can be trusted, in their order.
    ///
    /// The rules are mdadm's when it assembles (Assemble.c): a member whose event count lags by more than one is out of
    /// date; one that the newest has written off is out; two that have written each other off are a split brain.
    static func judge(_ members: [MDMember], isIdle: Bool = false) -> [HalfJudgement] {
        let active = members.filter { $0.superblock.checksumHolds && $0.superblock.slot != nil }
        let newest = active.map(\.superblock.events).max() ?? 0
        let leaders = active.filter { $0.superblock.events == newest }
        let firstSlot = active.filter { $0.superblock.isNear(newest) && $0.superblock.recoveryOffset == nil }
            .compactMap(\.superblock.slot).min()
        return members.map { member in
            let own = member.superblock
            guard own.checksumHolds else {
                return .init(.damaged, "the checksum of its superblock does not hold")
            }
            guard let slot = own.slot else {
                let waits = own.role == .spare && own.isNear(newest)
                return .init(waits ? .spare : .behind, "it holds no slot of the array")
            }
            let twins = active.filter { $0.superblock.slot == slot && $0.device != member.device }
            if let twin = twins.first(where: { $0.superblock.isNear(newest) && own.isNear(newest) }) {
                return .init(.twin, "\(twin.device) claims the same slot \(slot)")
            }
            if let rival = active.first(where: {
                $0.superblock.writesOff(slot) && own.writesOff($0.superblock.slot)
            }) {
                return .init(
                    .rival, "split brain: it and \(rival.device) have each run without the other")
            }
            if let leader = leaders.first(where: { $0.superblock.writesOff(slot) }) {
                return .init(
                    .behind,
                    "\(leader.device), the newest, counts it as failed (\(own.events) of \(newest) events)"
                )
            }
            guard own.isNear(newest) else { return .init(.behind, "\(own.events) of \(newest) events") }
            if let recovered = own.recoveryOffset, !isIdle {
                return .init(.rebuilding, "rebuilt only up to byte \(recovered) of \(own.size)")
            }
            if let resynced = leaders.compactMap(\.superblock.resyncOffset).min(), !isIdle, slot != firstSlot
            {
                return .init(.resyncing, "a resync is due from byte \(resynced) of \(own.size)")
            }
            return .init(.current, nil)
        }
    }

    /// How far each member can be trusted, in their order.
    package var judgements: [HalfJudgement] { Self.judge(members, isIdle: isInStep) }

    /// The slots that the newest superblock says somebody fills.
    package var filledSlots: Set<Int> {
        Set((Self.newest(of: members)?.roles ?? []).map(Int.init).filter { $0 < raidDisks })
    }

    // A running array's superblocks lag behind it; an array that is not written to does not resync either.
    private var isInStep: Bool {
        guard let activity, let state = activity.state else { return false }
        // A scheduled check compares the halves and changes neither (md.rst, sync_action).
        return ["idle", "check"].contains(activity.action)
            && ["clean", "active", "active-idle", "write-pending"].contains(state)
    }
}

extension MDSuperblock {
    /// The slot it fills, or nil for spares and failed members.
    package var slot: Int? {
        guard case .active(let slot) = role else { return nil }
        return slot
    }

    func isNear(_ newest: UInt64) -> Bool { newest <= events || newest - events <= 1 }

    /// Whether its role table has nobody left in `slot`; false where the table was not recorded.
    func writesOff(_ slot: Int?) -> Bool {
        guard let slot, !roles.isEmpty else { return false }
        return !roles.contains { Int($0) == slot }
    }
}
