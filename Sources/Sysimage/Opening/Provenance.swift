import Storage

// What may be written to: only halves of a mirror that are proven to be current.

extension MDArray {
    /// Why a member stays out of the assembly; nil for one that takes part.
    ///
    /// The judgement is that of the copies in the map. A member is let in as well where all that is held against it is
    /// a resync that is due: it has every event that the newest has, and any boot would put the array together so.
    func reasonToLeaveOut(_ member: MDMember, in map: StorageMap) -> String? {
        guard let device = map.volume(member.device) else { return "it is not here" }
        guard level == 1, let array = map.volume(id), !array.copies.isEmpty else {
            return reasonByEvents(member)
        }
        guard let copy = array.copies.first(where: { $0.lies(on: device) }) else {
            return "it holds no copy of the data"
        }
        if copy.currency == .current || isOnlyUnsynced(member) { return nil }
        return copy.reason ?? "it is \(copy.currency.rawValue)"
    }

    private func reasonByEvents(_ member: MDMember) -> String? {
        guard member.superblock.checksumHolds else { return "the checksum of its superblock does not hold" }
        guard case .active = member.superblock.role else { return "it holds no slot of the array" }
        let newest = members.map(\.superblock.events).max() ?? 0
        let own = member.superblock.events
        // mdadm takes a lag of one for a crash in between two writes (Assemble.c).
        return newest - own > 1 ? "\(own) of \(newest) events" : nil
    }

    private func isOnlyUnsynced(_ member: MDMember) -> Bool {
        let own = member.superblock
        guard case .active = own.role, own.checksumHolds, own.recoveryOffset == nil else { return false }
        let active = members.map(\.superblock).filter {
            if case .active = $0.role { $0.checksumHolds } else { false }
        }
        let slots = active.map(\.role)
        return active.allSatisfy { $0.events == own.events && $0.roles == own.roles }
            && active.contains { $0.resyncOffset != nil } && Set(slots).count == slots.count
    }

    /// The node that mdadm would give it: by number or by name, without the host it was made on.
    var assembledName: String? {
        if let minor { return "/dev/md\(minor)" }
        guard let short = name?.split(separator: ":", maxSplits: 1).last, !short.isEmpty else { return nil }
        // mdadm takes names that are portable file names (mdadm 4.3); others get a name from the UUID.
        guard short.utf8.allSatisfy({ $0 < 128 }), !short.contains("/"), !short.hasPrefix("."),
            !short.contains(" ")
        else {
            return nil
        }
        return short.allSatisfy { $0.isASCII && $0.isNumber } ? "/dev/md\(short)" : "/dev/md/\(short)"
    }
}

extension VolumeGroup {
    /// The physical volumes that stay out, so that nothing old is read or overwritten: those with older metadata, and
    /// those that hold an image which is not current, where `wanted` is whole without them.
    func staleDevices(for wanted: Volume, in map: StorageMap) -> [(device: VolumeID, reason: String)] {
        physicalVolumes.compactMap { physical in
            guard let device = physical.device, let volume = map.volume(device) else { return nil }
            if physical.flags.contains("MISSING") { return (device, "the group counts it as missing") }
            if let own = physical.seqno, own < seqno {
                return (device, "its metadata is of \(own), the newest of \(seqno)")
            }
            let current = wanted.copies.filter { $0.currency == .current }
            guard current.contains(where: { !$0.touches(volume) }) else { return nil }
            for logical in map.volumes where volumeIDs.contains(logical.id) {
                if let stale = logical.copies.first(where: { $0.currency != .current && $0.touches(volume) })
                {
                    return (
                        device,
                        stale.reason ?? "the copy of \(logical.name) on it is \(stale.currency.rawValue)"
                    )
                }
            }
            return nil
        }
    }

    func id(of logical: LogicalVolume) -> VolumeID { VolumeID("lv:\(name)/\(logical.name)") }

    var volumeIDs: Set<VolumeID> { Set(logicalVolumes.map(id(of:))) }

    func mappedNode(of volume: Volume) -> String? {
        logicalVolumes.first { id(of: $0) == volume.id }.map { mappedNode($0.name) }
    }

    // device-mapper's name doubles the hyphens of each part and joins them with one (dm_build_dm_name in lvm2).
    func mappedNode(_ logical: String) -> String {
        let parts = [name, logical].map {
            $0.split(separator: "-", omittingEmptySubsequences: false).joined(separator: "--")
        }
        return "/dev/mapper/" + parts.joined(separator: "-")
    }
}

extension Copy {
    /// The copy begins inside the volume.
    func lies(on volume: Volume) -> Bool {
        guard let first = pieces.first else { return false }
        return volume.copies.contains { $0.pieces.contains { $0.holds(first) } }
    }

    /// Any part of the copy lies inside the volume.
    func touches(_ volume: Volume) -> Bool {
        pieces.contains { piece in volume.copies.contains { $0.pieces.contains { $0.holds(piece) } } }
    }
}

extension Piece {
    /// The other one begins inside this one.
    func holds(_ other: Piece) -> Bool {
        disk == other.disk && other.offset >= offset && other.offset - offset < length
    }
}
