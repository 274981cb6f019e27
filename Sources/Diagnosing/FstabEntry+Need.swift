import LibMount

extension FstabEntry {
    /// A filesystem type of the kernel's own, or one that comes over the network: no disk answers for it.
    package var isLocalDevice: Bool {
        guard source.hasPrefix("/dev/") || tag != nil else { return false }
        return !["tmpfs", "proc", "sysfs", "nfs", "nfs4", "cifs", "overlay"].contains(type)
            && !options.contains("_netdev")
    }

    /// What the system itself is made of, as opposed to its users' data.
    package var isOfTheSystem: Bool {
        ["/", "/usr", "/var", "/boot", "/boot/efi", "/efi", "/etc"].contains(target)
    }

    /// What it is for, as people call it.
    var place: String { isSwap ? "swap" : target }

    package var isNoauto: Bool { options.contains("noauto") }

    /// The default target is not reached without it (systemd.mount(5), "nofail"; systemd.automount(5): it is mounted
    /// when somebody looks).
    package var mustMount: Bool {
        isLocalDevice && !isSwap && !isNoauto && !options.contains("nofail")
            && !options.contains("x-systemd.automount")
    }
}
