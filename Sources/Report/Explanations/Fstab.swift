extension Explanation {
    static let fstab = Explanation(
        step: .fstab,
        meaning:
            "fstab says what is mounted where. After a migration /boot has a new filesystem on the array, and its "
            + "UUID is a new one.",
        done:
            "every entry that the boot needs leads to the right device, and to the filesystem that is there",
        see: ["findmnt --verify", "blkid", "cat /etc/fstab"],
        mend: [Mending("all", "blkid -s UUID -o value /dev/md0", "vi /etc/fstab")],
        symptoms: [
            ConsoleText("A start job is running for *", "systemd waits for a device that fstab names"),
            ConsoleText(
                "Timed out waiting for device *", "the device that fstab names did not come within 90 seconds"
            ),
            ConsoleText("Dependency failed for *Local File Systems", "a filesystem of fstab is missing"),
            ConsoleText("Dependency failed for /boot", "the device that fstab names for /boot is not there"),
            ConsoleText(
                "Dependency failed for boot.mount", "the device that fstab names for /boot is not there"),
            ConsoleText("You are in emergency mode", "a filesystem of fstab could not be mounted"),
            ConsoleText("Welcome to emergency mode", "a filesystem of fstab could not be mounted"),
            ConsoleText("Give root password for maintenance", "a filesystem of fstab could not be mounted"),
            ConsoleText("Press Enter for maintenance", "a filesystem of fstab could not be mounted"),
            ConsoleText(
                "wrong fs type, bad option, bad superblock", "fstab names a device that holds something else"),
            ConsoleText(
                "Cannot open access to console, the root account is locked", "emergency mode without a way in"
            ),
            ConsoleText("can't find UUID=*", "fstab names a filesystem that is on no device"),
        ])
}
