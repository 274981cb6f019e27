extension Explanation {
    static let initramfs = Explanation(
        step: .initramfs,
        meaning:
            "The initramfs is what the kernel starts with to find root. It holds drivers, tools and copies of "
            + "configuration files, as they were when it was made; root moved since, so it has to be made again.",
        done: "the image of every kernel is whole and holds what the storage under root needs now",
        see: ["lsinitrd /boot/initramfs-KERNEL.img", "lsinitramfs /boot/initrd.img-KERNEL"],
        mend: [
            Mending(
                "RHEL", "dracut -f /boot/initramfs-KERNEL.img KERNEL",
                "mkinitrd -f /boot/initramfs-KERNEL.img KERNEL"),
            Mending("SUSE", "dracut -f /boot/initrd-KERNEL KERNEL"),
            Mending("Debian", "update-initramfs -u -k KERNEL"),
            Mending("Arch", "mkinitcpio -P"),
        ],
        symptoms: [
            ConsoleText("Gave up waiting for root *", "the initramfs did not bring up the device of root"),
            ConsoleText("ALERT! * does not exist. Dropping to a shell", "the device of root did not come up"),
            ConsoleText("(initramfs)", "the shell of a Debian initramfs that did not find root"),
            ConsoleText("dracut-initqueue*timeout", "dracut waits for the device of root"),
            ConsoleText("Warning: /dev/* does not exist", "dracut did not get the device that it waits for"),
            ConsoleText("Generating \"/run/initramfs/rdsosreport.txt\"", "dracut gave up"),
            ConsoleText("Entering emergency mode. Exit the shell to continue", "dracut gave up"),
            ConsoleText("raid1 target support missing from kernel", "the image lacks dm-raid"),
            ConsoleText("Unable to mount root fs on unknown-block", "there is no usable initramfs at all"),
            ConsoleText("Initramfs unpacking failed", "the image is damaged or was written only half"),
        ])
}
