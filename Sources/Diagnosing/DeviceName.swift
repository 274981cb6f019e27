import Storage

/// A name that a text may have for a disk, or for something that lies on one.
struct DeviceName: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// Unique in the world, its letters small or capital.
        case identifier
        /// A path under /dev, or what GRUB has for one.
        case path
        /// A key and its value, which ends with a blank or a quote: `LABEL=boot`.
        case word
        /// A serial number that is a word like any other: it counts in udev's links and in LVM's devices file alone.
        case serial
        /// A string of a list in lvm.conf, in its quotes.
        case listed
    }

    var text: String
    var kind: Kind
    /// What has it: "the filesystem on /dev/sda1".
    var was: String
    /// The volume that has it, or that what has it lies on.
    var owner: VolumeID?

    /// The same for names that mean the same.
    var key: String { kind == .identifier ? text.lowercased() : text }

    /// The names of one thing. A short number would be found in any text.
    static func all(
        _ kind: Kind, _ texts: [String?], _ was: String, _ owner: VolumeID?
    ) -> [DeviceName] {
        texts.compactMap(\.self).filter { kind != .identifier || $0.count >= 6 }.map {
            DeviceName(text: $0, kind: kind, was: was, owner: owner)
        }
    }
}
