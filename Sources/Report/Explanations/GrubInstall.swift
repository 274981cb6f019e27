extension Explanation {
    static let grubInstall = Explanation(
        step: .grubInstall,
        meaning:
            "GRUB's first pieces lie outside of any filesystem: 440 bytes in the first sector of a disk and the core "
            + "image behind it, which knows where /boot is. They are not mirrored: each disk needs its own.",
        done:
            "each disk has the boot code and a whole core image that leads to the present /boot; a list of disks that "
            + "package upgrades install to names them all",
        see: ["bootmend diagnose", "grub-install --version", "dd if=/dev/sda bs=512 count=1 | strings"],
        mend: [
            Mending("RHEL, SUSE", "grub2-install /dev/sda", "grub2-install /dev/sdb"),
            Mending("Debian", "grub-install /dev/sda", "grub-install /dev/sdb", "dpkg-reconfigure grub-pc"),
        ],
        symptoms: [
            ConsoleText("grub rescue>", "GRUB's core image does not find its directory"),
            ConsoleText("Entering rescue mode", "GRUB's core image does not find its directory"),
            ConsoleText("disk `mduuid/*' not found", "the core image looks for an array that is not there"),
            ConsoleText(
                "disk `lvmid/*' not found", "the core image looks for a logical volume that is not there"),
            ConsoleText(
                "unknown filesystem", "the core image looks at a partition that became a member of something"),
            ConsoleText("no such partition", "the core image looks for a partition that is gone"),
            ConsoleText("no such device: *", "the core image looks for a filesystem that is gone"),
            ConsoleText("symbol `*' not found", "core image and modules are of different builds"),
            ConsoleText("GRUB Geom Error", "the boot code points to a wrong place"),
            ConsoleText("GRUB Read Error", "the boot code points past the disk, or the disk fails"),
            ConsoleText("GRUB Hard Disk Error", "the BIOS does not know the disk that was started from"),
            ConsoleText("Operating System not found", "the BIOS found no boot code"),
            ConsoleText("No bootable device", "the BIOS found no boot code"),
            ConsoleText("Boot failed: not a bootable disk", "the BIOS found no boot code"),
            ConsoleText("Reboot and Select proper Boot device", "the BIOS found no boot code"),
            ConsoleText("Missing operating system", "the boot record is not GRUB's"),
        ])
}
