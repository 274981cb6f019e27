import Storage

/// Whether a volume is worth looking into, told by its signature alone.
enum CandidateVolume: Sendable, Hashable {
    /// Its filesystem is to be looked at.
    case filesystem
    /// It might have held a system and cannot be looked at: why.
    case rejected(String)
    /// No filesystem, or one that no system lives on.
    case passedOver

    /// Types that an installed system's root or /boot may lie on.
    private static let roots: Set<String> = [
        "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "reiserfs", "reiser4", "nilfs2", "bcachefs",
    ]
    /// Types that hold no root, but may hold /boot or an ESP.
    private static let others: Set<String> = ["vfat", "exfat"]
    private static let media: Set<String> = ["iso9660", "udf", "squashfs", "erofs", "cramfs"]

    init(_ volume: Volume, in storage: StorageMap) {
        if let failure = volume.failure {
            self = .rejected(failure)
        } else if let signature = volume.signature, !signature.ambivalent.isEmpty {
            let types = ([signature.type] + signature.ambivalent).joined(separator: " and ")
            self = .rejected("it carries the marks of \(types) at once, and nobody can say which is true")
        } else if storage.isFurtherDevice(volume) {
            self = .passedOver
        } else if let reason = storage.incompleteness(of: volume) {
            self = .rejected(reason)
        } else if let type = volume.signature?.type, Self.media.contains(type) {
            self = .rejected("\(type): a live medium or an image, not an installed system")
        } else if let type = volume.signature?.type, Self.roots.contains(type) || Self.others.contains(type) {
            self = .filesystem
        } else if volume.kind == .container, let reason = volume.unmapped {
            self = .rejected(reason)
        } else if volume.kind == .logicalVolume || volume.kind == .array, let reason = volume.unmapped,
            volume.copies.isEmpty
        {
            self = .rejected(reason)
        } else {
            self = .passedOver
        }
    }

    /// Whether a root could lie on such a filesystem: what cannot be mounted of these is worth a word.
    static func mayHoldRoot(_ volume: Volume) -> Bool {
        volume.signature.map { roots.contains($0.type) } ?? false
    }
}
