import LibMount

/// How a filesystem is mounted so that no byte of it changes and its log is left as it is.
enum LookingOptions {
    /// Added to each: nothing of the installed system is run while looking, unless a person enters it.
    static func harmless(executable: Bool) -> String { executable ? "nosuid,nodev" : "nosuid,nodev,noexec" }

    /// The options to try, in order, until the kernel accepts one of them.
    ///
    /// `others` are the nodes of the further devices of a btrfs. `replaying` is for a device whose writes go to memory:
    /// there the log is to be replayed.
    static func attempts(
        type: String, subvolume: String? = nil, others: [String] = [], replaying: Bool = false,
        executable: Bool = false
    ) -> [MountOptions] {
        let choices: [String] =
            switch (type, replaying) {
            // ext4.rst: noload is the old name of norecovery, and the only one that ext3 knew.
            case ("ext2", _), ("ext3", true), ("ext4", true): ["ro"]
            case ("ext3", false), ("ext4", false): ["ro,noload"]
            // nouuid: the other half of a mirror may be mounted, with the same UUID.
            case ("xfs", true): ["ro,nouuid"]
            case ("xfs", false): ["ro,norecovery,nouuid"]
            case ("btrfs", true): ["ro"]
            // Named nologreplay in 4.6, norecovery in 4.11, rescue= in 5.9; before, read-only meant no replay.
            case ("btrfs", false): ["ro,rescue=nologreplay", "ro,norecovery", "ro,nologreplay", "ro"]
            case ("nilfs2", false), ("f2fs", false): ["ro,norecovery", "ro"]
            default: ["ro"]
            }
        let place = type == "btrfs" ? subvolume.map { ",subvol=" + $0 } ?? "" : ""
        let devices = others.map { ",device=" + $0 }.joined()
        return choices.map { MountOptions($0 + place + devices + "," + harmless(executable: executable)) }
    }
}
