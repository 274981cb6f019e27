extension Explanation {
    static let grubConfig = Explanation(
        step: .grubConfig,
        meaning:
            "grub.cfg is GRUB's menu: which kernel, with which initramfs, from which filesystem. It is generated, "
            + "and names the filesystem of /boot by its UUID.",
        done: "every device, kernel and image that the menu names exists",
        see: ["grep -n 'search\\|linux\\|initrd' /boot/grub*/grub.cfg", "ls /boot/loader/entries"],
        mend: [
            Mending("RHEL, SUSE", "grub2-mkconfig -o /boot/grub2/grub.cfg"),
            Mending("RHEL 7 and 8 with UEFI", "grub2-mkconfig -o /boot/efi/EFI/redhat/grub.cfg"),
            Mending("RHEL 9 and later", "grub2-mkconfig -o /boot/grub2/grub.cfg --update-bls-cmdline"),
            Mending("Debian", "update-grub"),
        ],
        symptoms: [
            ConsoleText("no such device: *", "the menu looks for a filesystem that is gone"),
            ConsoleText("you need to load the kernel first", "the kernel of the menu entry was not found"),
            ConsoleText("file `/vmlinuz*' not found", "the menu names a kernel that /boot does not hold"),
            ConsoleText("grub>", "GRUB runs and has found no menu"),
            ConsoleText(
                "diskfilter writes are not supported",
                "harmless: GRUB cannot save its environment on an array; press a key"),
        ])
}
