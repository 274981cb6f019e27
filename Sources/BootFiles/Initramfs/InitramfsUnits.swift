/// The systemd units in an initramfs that decide whether it finds a root filesystem.
package enum InitramfsUnits {
    /// mdadm's: udev asks for the timer where it has left an array incomplete (64-md-raid-assembly.rules), and the
    /// service then starts what is there of it.
    package static let lastResort: Set<String> = ["mdadm-last-resort@.timer", "mdadm-last-resort@.service"]

    static let names = lastResort

    /// Where they lie, with /usr merged.
    static let directories: Set<String> = ["usr/lib/systemd/system", "etc/systemd/system"]
}
