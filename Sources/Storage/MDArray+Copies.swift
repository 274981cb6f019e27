extension MDArray {
    /// The superblock that speaks for the array: the one with most events whose checksum holds.
    static func newest(of members: [MDMember]) -> MDSuperblock? {
        let whole = members.map(\.superblock).filter(\.checksumHolds)
        return whole.max { $0.events < $1.events } ?? members.first?.superblock
    }

    /// Bytes; 0 where the level is not one that is read.
    var size: UInt64 { level == 1 ? Self.newest(of: members)?.size ?? 0 : 0 }

    /// The node it runs as, or what mdadm would call it: `/dev/md0` for `host:0`, `/dev/md/boot` for `host:boot`.
    package var usualName: String {
        if let node { return node }
        if let minor { return "/dev/md\(minor)" }
        guard let name = shortName else { return "/dev/disk/by-id/md-uuid-\(uuid)" }
        return name.allSatisfy { $0.isASCII && $0.isNumber } ? "/dev/md\(name)" : "/dev/md/\(name)"
    }

    /// The name without the host it was made on.
    package var shortName: String? {
        guard let name, let last = name.split(separator: ":", maxSplits: 1).last, !last.isEmpty else {
            return nil
        }
        return String(last)
    }

    /// Where the array's bytes lie: once for each member of a raid1.
    func copies(over volumes: [VolumeID: Volume]) -> LogicalVolumeMapping.Result {
        guard level == 1 else { return .unmapped(levelName) }
        // MD_FEATURE_RESHAPE_ACTIVE
        if members.contains(where: { $0.superblock.featureMap & 4 != 0 }) {
            return .unmapped("a reshape is under way")
        }
        var copies: [Copy] = []
        for (member, judgement) in zip(members, judgements) where member.superblock.slot != nil {
            let superblock = member.superblock
            copies += (volumes[member.device]?.copies ?? []).compactMap { copy in
                copy.pieces.slice(at: superblock.dataOffset, count: superblock.size)
                    .map { copy.worsened(to: judgement.currency, judgement.reason, pieces: $0) }
            }
        }
        guard !copies.isEmpty else { return .unmapped("no member that is here holds its data") }
        return .copies(Array(copies.prefix(LogicalVolumeMapping.mostCopies)))
    }

    /// `raid1`, `linear`.
    package var levelName: String {
        switch level {
        case -1: "linear"
        case -4: "multipath"
        default: "raid\(level)"
        }
    }
}
