/// The programs in an initramfs that decide whether it can find, unlock and mount a root filesystem.
package enum InitramfsPrograms {
    package static let names: Set<String> = [
        // MD: mdraid_start and mdraid-cleanup are dracut's.
        "mdadm", "mdmon", "mdraid_start", "mdraid-cleanup", "dmraid", "partx",
        // LVM and device-mapper: lvm_scan is dracut's.
        "lvm", "lvm_scan", "vgchange", "lvchange", "vgscan", "pvscan", "dmsetup", "dmeventd", "multipath",
        "multipathd",
        "kpartx", "thin_check", "cache_check",
        // Encryption.
        "cryptsetup", "systemd-cryptsetup", "askpass", "clevis",
        // What everything else hangs on.
        "systemd", "systemd-udevd", "udevadm", "udevd", "kmod", "modprobe", "insmod", "blkid", "mount",
        "switch_root",
        "run-init", "busybox", "bash", "dash", "sh", "resume",
        // Filesystems.
        "fsck", "fsck.ext4", "e2fsck", "fsck.xfs", "xfs_repair", "btrfs", "zpool", "zfs", "bcachefs",
        // Root over the network.
        "iscsistart", "nbd-client",
    ]

    /// Where they lie, with /usr merged; systemd and askpass lie outside the usual path.
    static let directories: Set<String> = [
        "usr/bin", "usr/sbin", "usr/lib/systemd", "usr/lib/udev", "usr/lib/cryptsetup",
    ]
}
