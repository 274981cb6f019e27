extension Explanation {
    static let bootCopy = Explanation(
        step: .bootCopy,
        meaning:
            "The filesystem that is /boot now holds what the old one held: kernels, initramfs images, GRUB's files "
            + "and the boot loader entries.",
        done:
            "what will be mounted as /boot has this system's kernels and GRUB's directory, and no older half, and no directory "
            + "under the mount point, holds more of them",
        see: ["ls -l /boot", "bootmend diagnose"],
        mend: [Mending("all", "mount -o ro /dev/sda1 /mnt", "cp -ax /mnt/. /boot/")],
        symptoms: [
            ConsoleText(
                "file `*normal.mod' not found", "GRUB finds the filesystem and not its own directory in it"),
            ConsoleText("file `/vmlinuz*' not found", "the menu names a kernel that /boot does not hold"),
            ConsoleText("you need to load the kernel first", "the kernel of the menu entry was not found"),
        ])
}
