/// One signature that libblkid recognises, in libblkid's own words.
package struct Superblock: Sendable, Hashable {
    /// `TYPE`: `ext4`, `linux_raid_member`, `swap`, …
    package var type: String
    /// `USAGE`: `filesystem`, `raid`, `crypto` or `other`.
    package var usage: String?
    package var uuid: String?
    /// `UUID_SUB`: the device's own UUID where `uuid` names an array or a multi-device filesystem.
    package var subUUID: String?
    package var label: String?
    package var version: String?
}

/// Everything a probe recognised on one range of bytes.
package struct Signatures: Sendable, Hashable {
    /// The signature libblkid would answer with, or the first of several that contradict each other.
    package var first: Superblock?
    /// The others, where libblkid refuses to choose: such a device gets no tags and no links from udev.
    package var others: [Superblock]

    package init(first: Superblock? = nil, others: [Superblock] = []) {
        self.first = first
        self.others = others
    }

    package var isAmbivalent: Bool { !others.isEmpty }
}
