/// What one copy of a volume holds: all that is ever read of it, and all that the map is made from.
struct Content: Codable, Hashable, Sendable {
    var signature: Signature?
    var log: LogState?
    var hasOrphans = false
    var superblocks: [MDSuperblock] = []
    var physicalVolume: FoundPhysicalVolume?
    var failure: String?
}

/// A physical volume by its own label, and the metadata it carries.
struct FoundPhysicalVolume: Codable, Hashable, Sendable {
    var uuid: String
    /// Bytes to the first extent.
    var dataStart: UInt64
    /// The volume group as this PV describes it; nil for an unused PV and one that carries no metadata.
    var group: VolumeGroup?
    /// Why the metadata could not be read.
    var failure: String?
}

/// Answers what lies on the disks: by reading them, or out of an earlier map.
protocol Contents {
    /// What a copy of a volume holds.
    mutating func content(of pieces: [Piece], named name: String) -> Content
    /// What a volume holds that only the running kernel can map: read through its node.
    mutating func content(of volume: VolumeID, through node: String) -> Content?
    /// What device-mapper noted at the start of an rmeta sub-volume.
    mutating func raidSuperblock(at pieces: [Piece]) -> DMRaidSuperblock?
}
