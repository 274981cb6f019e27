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
            ConsoleText(
                "GRUB", "the boot code runs, and where it looks there is no core image", standsAlone: true),
            ConsoleText("GRUB Geom Error", "the boot code points to a wrong place"),
            ConsoleText("GRUB Read Error", "the boot code points past the disk, or the disk fails"),
            ConsoleText("GRUB Hard Disk Error", "the BIOS does not know the disk that was started from"),
            ConsoleText(
                "GRUB loading",
                "the boot code runs; where nothing follows, the core image behind it is not whole"),
            ConsoleText(
                "physical volume * not found", "the core image looks for a physical volume that is not there"),
            ConsoleText(
                "invalid arch-independent ELF magic",
                "GRUB's modules are damaged, or were copied only in part"),
            ConsoleText(
                "attempt to read or write outside of disk",
                "the BIOS shows less of the disk than its partitions need"),
            ConsoleText(
                "verification requested but nobody cares", "Secure Boot, and a GRUB that is not signed"),
            ConsoleText("prohibited by secure boot policy", "Secure Boot, and a GRUB that is not signed"),
            ConsoleText(
                "file `*mdraid1x.mod' not found", "GRUB's modules in /boot are not those of this GRUB"),
            ConsoleText("Operating System not found", "the BIOS found no boot code"),
            ConsoleText("No bootable device", "the BIOS found no boot code"),
            ConsoleText("Boot failed: not a bootable disk", "the BIOS found no boot code"),
            ConsoleText("Reboot and Select proper Boot device", "the BIOS found no boot code"),
            ConsoleText("Missing operating system", "the boot record is not GRUB's"),
            ConsoleText("Error loading operating system", "the boot record is not GRUB's"),
        ])
}
