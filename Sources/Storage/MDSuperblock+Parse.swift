import Bytes

extension MDSuperblock {
    private static let magic: UInt32 = 0xa92b_4efc
    // Role numbers above every slot (md_p.h: MD_DISK_ROLE_*).
    static let spareRole: UInt16 = 0xffff
    static let faultyRole: UInt16 = 0xfffe
    static let journalRole: UInt16 = 0xfffd
    // mdadm's super1.c writes at most 4096 bytes, 256 of them before the role table.
    private static let mostRoles = (4096 - 256) / 2

    /// A superblock of format 1.x out of the 4096 bytes found `offset` bytes into a member; nil where there is none.
    ///
    /// Format: struct mdp_superblock_1, include/uapi/linux/raid/md_p.h. All little-endian.
    static func parse1(_ bytes: [UInt8], at offset: UInt64, version: String) -> MDSuperblock? {
        guard bytes.little(UInt32.self, at: 0) == magic, bytes.little(UInt32.self, at: 4) == 1,
            // One that lies elsewhere than it says belongs to a device that begins elsewhere.
            bytes.little(UInt64.self, at: 144) == offset / 512,
            let features = bytes.little(UInt32.self, at: 8), let set = bytes.span(at: 16, count: 16),
            let name = bytes.span(at: 32, count: 32), let created = bytes.little(UInt64.self, at: 64),
            let level = bytes.little(Int32.self, at: 72), let size = bytes.little(UInt64.self, at: 80),
            let raidDisks = bytes.little(UInt32.self, at: 92), let data = bytes.little(UInt64.self, at: 128),
            let recovered = bytes.little(UInt64.self, at: 152),
            let number = bytes.little(UInt32.self, at: 160),
            let device = bytes.span(at: 168, count: 16), let updated = bytes.little(UInt64.self, at: 192),
            let events = bytes.little(UInt64.self, at: 200),
            let resynced = bytes.little(UInt64.self, at: 208),
            let most = bytes.little(UInt32.self, at: 220), let dataOffset = data.sectors,
            let length = size.sectors
        else { return nil }
        let roles = (0..<min(Int(most), mostRoles)).compactMap { bytes.little(UInt16.self, at: 256 + 2 * $0) }
        let label = name.textToNUL
        return MDSuperblock(
            version: version, arrayUUID: grouped(set), deviceUUID: grouped(device),
            name: label.isEmpty ? nil : label,
            level: Int(level), raidDisks: Int(raidDisks), role: role(number, in: roles),
            roles: used(roles), events: events, created: created & 0xff_ffff_ffff,
            updated: updated & 0xff_ffff_ffff,
            dataOffset: dataOffset,
            size: length, offset: offset, featureMap: features,
            resyncOffset: resynced == .max ? nil : resynced.sectors ?? .max,
            // MD_FEATURE_RECOVERY_OFFSET
            recoveryOffset: features & 2 == 0 ? nil : recovered.sectors ?? .max,
            checksumHolds: Int(most) <= mostRoles
                && checksum1(bytes, roles: Int(most)) == bytes.little(at: 216))
    }

    /// A superblock of format 0.90, little-endian as every PC writes it (struct mdp_superblock_s, md_p.h).
    static func parse090(_ bytes: [UInt8], at offset: UInt64) -> MDSuperblock? {
        // 0.91 is a 0.90 in the middle of a reshape.
        guard bytes.little(UInt32.self, at: 0) == magic, bytes.little(UInt32.self, at: 4) == 0,
            let patch = bytes.little(UInt32.self, at: 8), patch == 90 || patch == 91,
            let created = bytes.little(UInt32.self, at: 24), let level = bytes.little(Int32.self, at: 28),
            let size = bytes.little(UInt32.self, at: 32), let raidDisks = bytes.little(UInt32.self, at: 40),
            let minor = bytes.little(UInt32.self, at: 44), let updated = bytes.little(UInt32.self, at: 128),
            let state = bytes.little(UInt32.self, at: 132), let sum = bytes.little(UInt32.self, at: 152),
            let events = bytes.little(UInt64.self, at: 156),
            let checkpoint = bytes.little(UInt64.self, at: 164),
            let resynced = bytes.little(UInt32.self, at: 172), let this = role090(bytes, at: 3968)
        else { return nil }
        let roles = (0..<27).compactMap { role090(bytes, at: 512 + 128 * $0) }
        let isClean = state & 1 == 1
        // md.c, super_90_validate: the position counts only when nothing happened since it was written.
        let position: UInt64 = events == checkpoint ? UInt64(resynced) * 512 : 0
        let words = [20, 52, 56, 60].map { offset in
            let digits = String(bytes.little(UInt32.self, at: offset) ?? 0, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }
        return MDSuperblock(
            version: "0.90", arrayUUID: words.joined(separator: ":"), level: Int(level),
            raidDisks: Int(raidDisks),
            minor: Int(minor), role: role(this), roles: used(roles), events: events, created: UInt64(created),
            updated: UInt64(updated), dataOffset: 0, size: UInt64(size) * 1024, offset: offset,
            // MD_FEATURE_RESHAPE_ACTIVE, as format 1.x says it.
            featureMap: patch == 91 ? 4 : 0, resyncOffset: isClean ? nil : position,
            checksumHolds: checksum090(bytes) == sum)
    }

    // disks[i]: number, major, minor, raid_disk, state (bits: 0 faulty, 1 active, 2 in sync, 3 removed).
    private static func role090(_ bytes: [UInt8], at offset: Int) -> UInt16? {
        guard let slot = bytes.little(UInt32.self, at: offset + 12),
            let state = bytes.little(UInt32.self, at: offset + 16)
        else { return nil }
        if state & 1 == 1 { return faultyRole }
        return state & 6 != 0 && state & 8 == 0 && slot < 27 ? UInt16(slot) : spareRole
    }

    // The table is as long as there is room for it; what follows the last device is empty.
    private static func used(_ roles: [UInt16]) -> [UInt16] {
        Array(roles.prefix(roles.lastIndex { $0 != spareRole }.map { $0 + 1 } ?? 0))
    }

    private static func role(_ number: UInt32, in roles: [UInt16]) -> Role {
        number < roles.count ? role(roles[Int(number)]) : .spare
    }

    private static func role(_ word: UInt16) -> Role {
        switch word {
        case spareRole: .spare
        case faultyRole: .faulty
        case journalRole: .journal
        default: .active(Int(word))
        }
    }

    // mdadm's way of writing a UUID: four groups of eight digits.
    private static func grouped(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array(bytes.hex)
        return stride(from: 0, to: digits.count, by: 8).map { String(digits[$0..<min($0 + 8, digits.count)]) }
            .joined(separator: ":")
    }

    // calc_sb_1_csum in md.c: 32-bit words summed in 64 bits, a last half word too, folded once.
    private static func checksum1(_ bytes: [UInt8], roles: Int) -> UInt32? {
        let length = 256 + 2 * roles
        var sum: UInt64 = 0
        for offset in stride(from: 0, to: length - 3, by: 4) where offset != 216 {
            guard let word = bytes.little(UInt32.self, at: offset) else { return nil }
            sum &+= UInt64(word)
        }
        if length % 4 == 2 { sum &+= UInt64(bytes.little(UInt16.self, at: length - 2) ?? 0) }
        return UInt32(truncatingIfNeeded: (sum & 0xffff_ffff) &+ (sum >> 32))
    }

    private static func checksum090(_ bytes: [UInt8]) -> UInt32? {
        var sum: UInt64 = 0
        for offset in stride(from: 0, to: 4096, by: 4) where offset != 152 {
            guard let word = bytes.little(UInt32.self, at: offset) else { return nil }
            sum &+= UInt64(word)
        }
        return UInt32(truncatingIfNeeded: (sum & 0xffff_ffff) &+ (sum >> 32))
    }
}

extension UInt64 {
    /// This many 512-byte sectors in bytes, or nil past what 64 bits hold.
    var sectors: UInt64? {
        let (bytes, overflow) = multipliedReportingOverflow(by: 512)
        return overflow ? nil : bytes
    }
}
