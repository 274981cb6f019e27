/// Names a thing that holds bytes, unique within one survey.
///
/// Disks and partitions are named by their device node (`/dev/sda`, `/dev/sda1`) or, in images, by the file and a
/// number (`a.img`, `a.img#1`); arrays `md:<uuid>`; logical volumes `lv:<vg>/<lv>`; opened containers `luks:<uuid>`.
package struct VolumeID: RawRepresentable, Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
    package var description: String { rawValue }
    package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

/// A disk, partition, array, logical volume or opened container, and what lies on it.
package struct Volume: Codable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, Hashable {
        case disk, partition, array, logicalVolume, container
    }

    package var id: VolumeID
    package var kind: Kind
    /// What an administrator calls it: `/dev/sda1`, `/dev/md0`, `/dev/rhel/root`.
    package var name: String
    /// The device node it has right now in the running system, if any.
    package var node: String?
    /// Bytes.
    package var size: UInt64
    /// Where its bytes lie on the disks: several for a mirror, none where that cannot be told (see `unmapped`).
    package var copies: [Copy]
    /// Why `copies` is empty although the volume exists: "raid5", "thin pool", "locked (LUKS2)".
    package var unmapped: String?
    /// What libblkid recognises on it.
    package var signature: Signature?
    /// Whether its filesystem was left in order; nil where there is none or it has no log.
    package var log: LogState?
    /// Files that were deleted while open wait to be cleaned up at the next mount (ext4's orphans).
    package var hasOrphans: Bool
    /// Why it could not be read.
    package var failure: String?

    package init(
        id: VolumeID, kind: Kind, name: String, node: String? = nil, size: UInt64, copies: [Copy] = [],
        unmapped: String? = nil, signature: Signature? = nil, log: LogState? = nil, hasOrphans: Bool = false,
        failure: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.node = node
        self.size = size
        self.copies = copies
        self.unmapped = unmapped
        self.signature = signature
        self.log = log
        self.hasOrphans = hasOrphans
        self.failure = failure
    }
}

/// One whole copy of a volume's bytes: a mirror has several.
package struct Copy: Codable, Sendable, Hashable {
    package enum Currency: String, Codable, Sendable, Hashable { case current, stale, unknown }

    /// In order, end to end.
    package var pieces: [Piece]
    package var currency: Currency
    /// Why it is not current.
    package var reason: String?
    /// What libblkid recognises on this very copy; the volume's own signature is that of its best copy.
    package var signature: Signature?
    package var log: LogState?
    package var hasOrphans: Bool
    /// Why this copy could not be read.
    package var failure: String?

    package init(
        pieces: [Piece], currency: Currency = .current, reason: String? = nil, signature: Signature? = nil,
        log: LogState? = nil, hasOrphans: Bool = false, failure: String? = nil
    ) {
        self.pieces = pieces
        self.currency = currency
        self.reason = reason
        self.signature = signature
        self.log = log
        self.hasOrphans = hasOrphans
        self.failure = failure
    }

    /// The disks this copy needs.
    package var disks: Set<VolumeID> { Set(pieces.map(\.disk)) }
}

/// A run of bytes on a disk (or on an opened container, which is a source of its own).
package struct Piece: Codable, Sendable, Hashable {
    package var disk: VolumeID
    package var offset: UInt64
    package var length: UInt64

    package init(disk: VolumeID, offset: UInt64, length: UInt64) {
        self.disk = disk
        self.offset = offset
        self.length = length
    }
}

/// What libblkid says is on a volume, in its own words.
package struct Signature: Codable, Sendable, Hashable {
    /// `TYPE`: `ext4`, `xfs`, `linux_raid_member`, `LVM2_member`, `crypto_LUKS`, `swap`, `swsuspend`, …
    package var type: String
    /// `USAGE`: `filesystem`, `raid`, `crypto`, `other`.
    package var usage: String?
    package var uuid: String?
    /// `UUID_SUB`: the device's own where `uuid` is that of an array or a btrfs over several devices.
    package var subUUID: String?
    package var label: String?
    package var version: String?
    /// Over how many devices the filesystem is spread; nil where it is one, as ever but with btrfs.
    package var devices: UInt64?
    /// Other signatures found where libblkid calls the result ambivalent.
    package var ambivalent: [String]
    /// Of a LUKS container: a reencryption was begun and is not at its end; nil where it was not.
    package var isBeingReencrypted: Bool?

    package init(
        type: String, usage: String? = nil, uuid: String? = nil, subUUID: String? = nil, label: String? = nil,
        version: String? = nil, ambivalent: [String] = []
    ) {
        self.type = type
        self.usage = usage
        self.uuid = uuid
        self.subUUID = subUUID
        self.label = label
        self.version = version
        self.ambivalent = ambivalent
    }

    package var isFilesystem: Bool { usage == "filesystem" }
}

/// Whether a filesystem's log must be replayed before its files are what the kernel will see.
package enum LogState: String, Codable, Sendable, Hashable { case clean, dirty, unknown }
