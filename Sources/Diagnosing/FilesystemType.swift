/// `TYPE` of a filesystem, held against what fstab or `rootfstype=` declares.
enum FilesystemType {
    /// What is declared mounts what is there.
    static func mounts(declared: String, type: String) -> Bool {
        // Nothing declared is what blkid finds (dracut, parse-root-opts.sh; initramfs-tools, get_fstype).
        declared.isEmpty || declared.split(separator: ",").contains { mounts(one: String($0), type) }
    }

    // ext4 mounts what ext2 and ext3 are, and not the other way round (fs/ext4/super.c). What makes an ext3 of an ext2 is
    // a compatible feature, which ext2 passes over while the log is empty (ext2_feature_set_ok).
    private static func mounts(one declared: String, _ type: String) -> Bool {
        declared == type || ["auto", "none"].contains(declared)
            || declared == "ext4" && ["ext2", "ext3"].contains(type)
            || declared == "ext2" && type == "ext3" || declared == "msdos" && type == "vfat"
            || ["ntfs3", "ntfs-3g", "lowntfs-3g", "fuseblk"].contains(declared) && type == "ntfs"
            || declared == "swap" && type == "swsuspend"
    }
}
