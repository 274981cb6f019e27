import LibMount

/// The options with which the filesystems of an installed system are mounted for work on it.
enum TreeOptions {
    /// Filesystems without a disk, which every system mounts by itself.
    static let kernelTypes: Set<String> = [
        "proc", "sysfs", "devpts", "devtmpfs", "tmpfs", "ramfs", "cgroup", "cgroup2", "securityfs", "debugfs",
        "tracefs",
        "efivarfs", "configfs", "fusectl", "mqueue", "hugetlbfs", "pstore", "bpf", "binfmt_misc",
        "rpc_pipefs", "none",
        "ignore", "usbfs", "selinuxfs", "overlay",
    ]

    private static let networkTypes: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "9p", "virtiofs", "ceph", "glusterfs",
        "fuse.glusterfs",
        "fuse.sshfs", "sshfs", "afs", "ocfs2", "gfs2", "lustre", "beegfs", "davfs",
    ]

    static func isNetwork(_ entry: FstabEntry) -> Bool {
        networkTypes.contains(entry.type) || entry.options.contains("_netdev")
    }

    /// Meant for mount(8), systemd and udev, not for the kernel.
    private static let forPrograms: Set<String> = [
        "defaults", "auto", "noauto", "nofail", "_netdev", "user", "nouser", "users", "owner", "group",
        "comment",
        "helper", "uhelper", "loop", "offset", "sizelimit", "encryption", "bootwait", "nobootwait",
        "optional",
    ]

    /// They name devices beside the one that is mounted, and what is in an fstab may be anybody's.
    private static let ofOtherDevices: Set<String> = [
        "device", "journal_path", "journal_dev", "logdev", "rtdev",
    ]

    /// The installed system's own options first: quota or security labels that are left out would be noticed at the
    /// next boot. Then what any kernel takes, since the rescue system's may be older.
    static func attempts(
        type: String?, own: MountOptions?, subvolume: String? = nil, writable: Bool
    ) -> [MountOptions] {
        let place = type == "btrfs" ? subvolume.map { ["subvol=" + $0] } ?? [] : []
        var kept: [String] = []
        var isReadOnly = false
        for option in own?.list ?? [] {
            if option.name == "ro" { isReadOnly = true }
            if option.name == "rw" { isReadOnly = false }
            guard !["ro", "rw"].contains(option.name), !forPrograms.contains(option.name),
                !ofOtherDevices.contains(option.name),
                !option.name.lowercased().hasPrefix("x-"), !isByName(option)
            else { continue }
            if !place.isEmpty, option.name == "subvol" || option.name == "subvolid" { continue }
            kept.append(option.text)
        }
        let mode = isReadOnly && !writable ? "ro" : "rw"
        let volumes = kept.filter { $0.hasPrefix("subvol") }
        let full = MountOptions([mode] + place + kept)
        let plain = MountOptions([mode] + (place.isEmpty ? volumes : place))
        return full == plain ? [plain] : [full, plain]
    }

    // Users and groups by name would be looked up in the rescue system, and the static program cannot look them up.
    private static func isByName(_ option: MountOptions.Option) -> Bool {
        guard ["uid", "gid"].contains(option.name), let value = option.value else { return false }
        return UInt32(value) == nil
    }
}
