/// A Linux MD array, pieced together from the superblocks of the members that are here.
package struct MDArray: Codable, Sendable, Hashable {
    /// `md:<uuid>`.
    package var id: VolumeID
    /// As mdadm writes it: four groups of eight hexadecimal digits with colons.
    package var uuid: String
    /// `set_name` of 1.x superblocks: "host:name" or "name"; nil for 0.90.
    package var name: String?
    /// 1 for raid1, −1 linear (md_p.h).
    package var level: Int
    package var raidDisks: Int
    /// "0.90", "1.0", "1.1" or "1.2".
    package var version: String
    /// `md_minor` of 0.90.
    package var minor: Int?
    package var members: [MDMember]
    /// The node it runs as right now, if it does.
    package var node: String?
    /// What the kernel says of it while it runs.
    package var activity: MDActivity?

    package init(
        id: VolumeID, uuid: String, name: String?, level: Int, raidDisks: Int, version: String,
        minor: Int? = nil,
        members: [MDMember], node: String? = nil, activity: MDActivity? = nil
    ) {
        self.id = id
        self.uuid = uuid
        self.name = name
        self.level = level
        self.raidDisks = raidDisks
        self.version = version
        self.minor = minor
        self.members = members
        self.node = node
        self.activity = activity
    }
}

/// One member device and what its superblock says.
package struct MDMember: Codable, Sendable, Hashable {
    package var device: VolumeID
    package var superblock: MDSuperblock
    package init(device: VolumeID, superblock: MDSuperblock) {
        self.device = device
        self.superblock = superblock
    }
}

/// An MD superblock (kernel: include/uapi/linux/raid/md_p.h).
package struct MDSuperblock: Codable, Sendable, Hashable {
    package enum Role: Codable, Sendable, Hashable { case active(Int), spare, faulty, journal }

    package var version: String
    /// mdadm's form, with colons.
    package var arrayUUID: String
    package var deviceUUID: String?
    package var name: String?
    package var level: Int
    package var raidDisks: Int
    package var minor: Int?
    package var role: Role
    /// What this member believes of each slot, 0xfffe faulty, 0xffff spare or empty.
    package var roles: [UInt16]
    package var events: UInt64
    /// Seconds since 1970.
    package var created: UInt64
    /// Seconds since 1970.
    package var updated: UInt64
    /// Bytes from the member's start to the array's data.
    package var dataOffset: UInt64
    /// Bytes of data per member.
    package var size: UInt64
    /// Bytes from the member's start to this superblock.
    package var offset: UInt64
    package var featureMap: UInt32
    /// Bytes resynced so far; nil when the array is clean.
    package var resyncOffset: UInt64?
    /// Bytes recovered so far; nil when this member is whole.
    package var recoveryOffset: UInt64?
    package var checksumHolds: Bool

    package init(
        version: String, arrayUUID: String, deviceUUID: String? = nil, name: String? = nil, level: Int,
        raidDisks: Int,
        minor: Int? = nil, role: Role, roles: [UInt16] = [], events: UInt64, created: UInt64 = 0,
        updated: UInt64 = 0,
        dataOffset: UInt64, size: UInt64, offset: UInt64, featureMap: UInt32 = 0, resyncOffset: UInt64? = nil,
        recoveryOffset: UInt64? = nil, checksumHolds: Bool = true
    ) {
        self.version = version
        self.arrayUUID = arrayUUID
        self.deviceUUID = deviceUUID
        self.name = name
        self.level = level
        self.raidDisks = raidDisks
        self.minor = minor
        self.role = role
        self.roles = roles
        self.events = events
        self.created = created
        self.updated = updated
        self.dataOffset = dataOffset
        self.size = size
        self.offset = offset
        self.featureMap = featureMap
        self.resyncOffset = resyncOffset
        self.recoveryOffset = recoveryOffset
        self.checksumHolds = checksumHolds
    }
}

/// What the running kernel says of an array (Documentation/admin-guide/md.rst).
package struct MDActivity: Codable, Sendable, Hashable {
    /// `array_state`: `clean`, `active`, `read-auto`, `inactive`, …
    package var state: String?
    /// How many members are missing.
    package var degraded: Int?
    /// `sync_action`: `idle`, `resync`, `recover`, `check`, `repair`, `reshape`, `frozen`.
    package var action: String?
    /// State of each member by its kernel name: `sda1` is `in_sync`, `faulty`, `spare`, …
    package var members: [String: String]
    /// `sync_completed`: "1024 / 816896", in sectors; nil where nothing is under way.
    package var completed: String?

    package init(
        state: String? = nil, degraded: Int? = nil, action: String? = nil, members: [String: String] = [:],
        completed: String? = nil
    ) {
        self.state = state
        self.degraded = degraded
        self.action = action
        self.members = members
        self.completed = completed
    }
}
