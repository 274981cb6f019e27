extension Copy {
    /// A copy made of `pieces` of this one, trusted no more than this one and no more than `currency`.
    func worsened(to currency: Currency, _ reason: String?, pieces: [Piece]) -> Copy {
        let own = self.currency.rank >= currency.rank
        return Copy(
            pieces: pieces, currency: own ? self.currency : currency, reason: own ? self.reason : reason)
    }

    /// Whole copies of a volume out of the copies of its parts, end to end.
    ///
    /// Where a part has several, each disk gets the copy that stays on it as far as possible: whether the volume is
    /// whole on that disk alone is what bootmend asks.
    static func joining(_ parts: [[Copy]]) -> [Copy] {
        guard parts.allSatisfy({ !$0.isEmpty }) else { return [] }
        let disks = Set(parts.filter { $0.count > 1 }.flatMap { $0 }.flatMap(\.disks)).sorted()
        guard parts.count > 1, !disks.isEmpty else {
            return parts.count == 1 ? parts[0] : [joined(parts.map { $0[0] })]
        }
        var result: [Copy] = []
        for disk in disks.prefix(LogicalVolumeMapping.mostCopies) {
            let copy = joined(parts.map { part in part.first { $0.disks.contains(disk) } ?? part[0] })
            if !result.contains(where: { $0.pieces == copy.pieces }) { result.append(copy) }
        }
        return result
    }

    private static func joined(_ parts: [Copy]) -> Copy {
        var pieces: [Piece] = []
        var worst = Copy(pieces: [])
        for part in parts {
            pieces.join(part.pieces)
            worst = worst.worsened(to: part.currency, part.reason, pieces: [])
        }
        return Copy(pieces: pieces, currency: worst.currency, reason: worst.reason)
    }
}

extension Copy.Currency {
    /// Higher is worse.
    var rank: Int {
        switch self {
        case .current: 0
        case .unknown: 1
        case .stale: 2
        }
    }
}
