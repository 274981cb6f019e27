/// Names for the feature bits that a kernel's refusal to mount gives as a number.
enum FilesystemFeatures {
    /// Adds the names to a sentence like "Superblock has unknown incompatible features (0x20) enabled".
    static func named(in sentence: String, filesystem: String) -> String {
        guard sentence.contains("features ("), let open = sentence.lastIndex(of: "("),
            let close = sentence[open...].firstIndex(of: ")")
        else { return sentence }
        var digits = sentence[sentence.index(after: open)..<close]
        if digits.hasPrefix("0x") { digits = digits.dropFirst(2) }
        guard let bits = UInt64(digits, radix: 16) else { return sentence }
        let table = bitNames(filesystem, sentence)
        let names = (0..<64).filter { bits & (1 << UInt64($0)) != 0 }.map { table[$0] ?? "bit \($0)" }
        guard !names.isEmpty else { return sentence }
        return sentence + ": " + names.joined(separator: ", ")
    }

    /// What reads a filesystem that this kernel does not.
    static func wayOut(of sentence: String) -> String? {
        if sentence.contains("V4 format") {
            return "a kernel with XFS_SUPPORT_V4 reads it, such as those of RHEL 7 to 9 and Debian 12"
        }
        if sentence.hasPrefix("unknown filesystem type") {
            return "a rescue system whose kernel has its module reads it"
        }
        let isTooNew = sentence.contains("features (") && !sentence.contains("needs repair")
        return isTooNew ? "a rescue system with a newer kernel reads it" : nil
    }

    private static func bitNames(_ filesystem: String, _ sentence: String) -> [Int: String] {
        switch filesystem {
        case "XFS": sentence.contains("read-only compatible") ? xfsReadOnly : xfsIncompatible
        case "EXT4-fs", "EXT3-fs", "EXT2-fs": sentence.contains("RDWR") ? extReadOnly : extIncompatible
        case "BTRFS": btrfsIncompatible
        default: [:]
        }
    }

    // fs/xfs/libxfs/xfs_format.h, XFS_SB_FEAT_INCOMPAT_* and XFS_SB_FEAT_RO_COMPAT_*.
    private static let xfsIncompatible = [
        0: "ftype", 1: "sparse inodes", 2: "metadata UUID", 3: "bigtime", 4: "needs repair",
        5: "large extent counts",
        6: "exchange range", 7: "parent pointers", 8: "metadata directory tree", 9: "zoned",
    ]
    private static let xfsReadOnly = [
        0: "free inode btree", 1: "reverse mapping", 2: "reflink", 3: "inode btree counts",
    ]
    // fs/ext4/ext4.h, EXT4_FEATURE_INCOMPAT_* and EXT4_FEATURE_RO_COMPAT_*.
    private static let extIncompatible = [
        0: "compression", 1: "filetype", 2: "needs recovery", 3: "journal device", 4: "meta_bg", 6: "extents",
        7: "64bit", 8: "multiple mount protection", 9: "flex_bg", 10: "large extended attributes",
        12: "dirdata",
        13: "metadata_csum_seed", 14: "large_dir", 15: "inline_data", 16: "encrypt", 17: "casefold",
    ]
    private static let extReadOnly = [
        0: "sparse_super", 1: "large_file", 2: "btree_dir", 3: "huge_file", 4: "uninit_bg", 5: "dir_nlink",
        6: "extra_isize", 8: "quota", 9: "bigalloc", 10: "metadata_csum", 12: "read-only", 13: "project",
        15: "verity", 16: "orphan_file",
    ]
    // include/uapi/linux/btrfs.h, BTRFS_FEATURE_INCOMPAT_*.
    private static let btrfsIncompatible = [
        0: "mixed_backref", 1: "default_subvol", 2: "mixed_groups", 3: "compress_lzo", 4: "compress_zstd",
        5: "big_metadata", 6: "extended_iref", 7: "raid56", 8: "skinny_metadata", 9: "no_holes",
        10: "metadata_uuid", 11: "raid1c34", 12: "zoned", 13: "extent_tree_v2", 14: "raid_stripe_tree",
        16: "simple_quota",
    ]
}
