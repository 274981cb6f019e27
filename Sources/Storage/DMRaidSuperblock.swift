import Bytes

/// What device-mapper's raid target writes at the start of every metadata sub-volume of an LVM raid.
///
/// Format: struct dm_raid_superblock, drivers/md/dm-raid.c. Little-endian, without a checksum.
package struct DMRaidSuperblock: Codable, Sendable, Hashable {
    package var devices: Int
    /// Which image this one stands beside.
    package var position: Int
    package var events: UInt64
    /// One bit for each image that has failed.
    package var failedDevices: UInt64
    /// Bytes of this image that are rebuilt; nil when it is whole.
    package var recoveryOffset: UInt64?
    /// Bytes of the array that went through the initial sync; nil when all did.
    package var resyncOffset: UInt64?
    package var level: Int
    /// A reshape is under way.
    package var isReshaping: Bool

    package init(
        devices: Int, position: Int, events: UInt64, failedDevices: UInt64 = 0, recoveryOffset: UInt64? = nil,
        resyncOffset: UInt64? = nil, level: Int = 1, isReshaping: Bool = false
    ) {
        self.devices = devices
        self.position = position
        self.events = events
        self.failedDevices = failedDevices
        self.recoveryOffset = recoveryOffset
        self.resyncOffset = resyncOffset
        self.level = level
        self.isReshaping = isReshaping
    }

    /// The superblock in the first sector of a metadata sub-volume; nil where none was ever written.
    package init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: Array("DmRd".utf8)), let features = bytes.little(UInt32.self, at: 4),
            let devices = bytes.little(UInt32.self, at: 8), let position = bytes.little(UInt32.self, at: 12),
            let events = bytes.little(UInt64.self, at: 16), let failed = bytes.little(UInt64.self, at: 24),
            let recovered = bytes.little(UInt64.self, at: 32),
            let resynced = bytes.little(UInt64.self, at: 40),
            let level = bytes.little(Int32.self, at: 48), let flags = bytes.little(UInt32.self, at: 60)
        else { return nil }
        self.init(
            devices: Int(devices), position: Int(position), events: events, failedDevices: failed,
            recoveryOffset: recovered == .max ? nil : recovered.sectors ?? .max,
            resyncOffset: resynced == .max ? nil : resynced.sectors ?? .max, level: Int(level),
            // FEATURE_FLAG_SUPPORTS_V190, then SB_FLAG_RESHAPE_ACTIVE.
            isReshaping: features & 1 == 1 && flags & 1 == 1)
    }

    func hasFailed(_ position: Int) -> Bool { position < 64 && failedDevices >> UInt64(position) & 1 == 1 }

    /// How far each image of a raid1 can be trusted, in their order, by the superblocks beside them.
    ///
    /// As dm-raid.c judges when it loads the target (super_init_validation, super_validate): the newest superblock says
    /// who failed, each one's own says how far it is rebuilt. `isRebuild` is LVM's REBUILD flag on the image.
    static func judge(
        _ images: [(superblock: DMRaidSuperblock?, isRebuild: Bool)]
    ) -> [(currency: Copy.Currency, reason: String?)] {
        let newest = images.compactMap(\.superblock?.events).max()
        let first = images.indices.first {
            images[$0].superblock?.recoveryOffset == nil && !images[$0].isRebuild
        }
        return images.indices.map { index in
            let image = images[index]
            if image.isRebuild { return (.stale, "LVM is to rebuild it at the next activation") }
            guard let newest else {
                // A conversion that was committed but never activated: the first image is the volume of before.
                return index == 0
                    ? (.current, nil) : (.stale, "it was never activated, so nothing was mirrored to it")
            }
            guard let own = image.superblock else {
                return (.unknown, "its metadata sub-volume cannot be read")
            }
            let rival = images.indices.first { other in
                images[other].superblock.map { $0.hasFailed(index) && own.hasFailed(other) && other != index }
                    ?? false
            }
            if let rival {
                return (.unknown, "split brain: it and image \(rival) have each run without the other")
            }
            if images.contains(where: {
                $0.superblock?.events == newest && $0.superblock?.hasFailed(index) == true
            }) {
                return (.stale, "the newest image counts it as failed (\(own.events) of \(newest) events)")
            }
            guard newest - own.events <= 1 else { return (.stale, "\(own.events) of \(newest) events") }
            if let recovered = own.recoveryOffset { return (.stale, "rebuilt only up to byte \(recovered)") }
            if let resynced = own.resyncOffset, index != first {
                return (.unknown, "the initial sync went only up to byte \(resynced)")
            }
            return (.current, nil)
        }
    }
}
