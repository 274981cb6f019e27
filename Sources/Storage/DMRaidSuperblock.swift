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
    ) -> [HalfJudgement] {
        let newest = images.compactMap(\.superblock?.events).max()
        let first = images.indices.first {
            images[$0].superblock?.recoveryOffset == nil && !images[$0].isRebuild
        }
        return images.indices.map { index in
            let image = images[index]
            if image.isRebuild { return .init(.rebuilding, "LVM is to rebuild it at the next activation") }
            guard let newest else {
                // A conversion that was committed but never activated: the first image is the volume of before.
                return index == 0
                    ? .init(.current, nil)
                    : .init(.rebuilding, "it was never activated, so nothing was mirrored to it")
            }
            guard let own = image.superblock else {
                return .init(.damaged, "its metadata sub-volume cannot be read")
            }
            let rival = images.indices.first { other in
                images[other].superblock.map { $0.hasFailed(index) && own.hasFailed(other) && other != index }
                    ?? false
            }
            if let rival {
                return .init(.rival, "split brain: it and image \(rival) have each run without the other")
            }
            if images.contains(where: {
                $0.superblock?.events == newest && $0.superblock?.hasFailed(index) == true
            }) {
                return .init(
                    .behind, "the newest image counts it as failed (\(own.events) of \(newest) events)")
            }
            guard newest - own.events <= 1 else {
                return .init(.behind, "\(own.events) of \(newest) events")
            }
            if let recovered = own.recoveryOffset {
                return .init(.rebuilding, "rebuilt only up to byte \(recovered)")
            }
            if let resynced = own.resyncOffset, index != first {
                return .init(.resyncing, "the initial sync went only up to byte \(resynced)")
            }
            return .init(.current, nil)
        }
    }
}

extension LogicalVolume.Segment {
    /// How far each image of a mirror can be trusted, in their order; `logical` are the group's volumes by name.
    func judgements(_ logical: [String: LogicalVolume]) -> [HalfJudgement] {
        guard type == "raid1" else {
            return images.indices.map { index in
                index == 0
                    ? .init(.current, nil) : .init(.damaged, "the log of the old-style mirror was not read")
            }
        }
        return DMRaidSuperblock.judge(
            images.indices.map { index in
                (
                    metadata.indices.contains(index) ? logical[metadata[index]]?.raidSuperblock : nil,
                    logical[images[index]]?.flags.contains("REBUILD") ?? false
                )
            })
    }
}

extension VolumeGroup {
    /// The images of a mirror and how far each can be trusted; empty for volumes that are none.
    ///
    /// While it runs, the kernel's own word counts: the superblocks lag behind it.
    package func images(of volume: LogicalVolume) -> [(name: String, judgement: HalfJudgement)] {
        guard let segment = volume.segments.first(where: { ["raid1", "mirror"].contains($0.type) }) else {
            return []
        }
        let logical = Dictionary(logicalVolumes.map { ($0.name, $0) }) { first, _ in first }
        let live = volume.raidStatus?.judgements ?? []
        let judged = live.count == segment.images.count ? live : segment.judgements(logical)
        return zip(segment.images, judged).map { ($0, $1) }
    }
}

extension DMRaidStatus {
    fileprivate var judgements: [HalfJudgement] {
        health.map { letter in
            switch letter {
            case "A": .init(.current, nil)
            case "a" where action == "idle" || action == "frozen":
                .init(.behind, "the kernel says that it is not in sync, and copies nothing to it")
            case "a": .init(.rebuilding, "\(action): \(done) of \(total) sectors")
            default: .init(.behind, "the kernel counts it as failed")
            }
        }
    }
}
