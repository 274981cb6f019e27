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
            ConsoleText(
                "start job is running for * no limit",
                "an image of dracut without MD and LVM waits for root for ever"),
            ConsoleText("Warning: /dev/* does not exist", "dracut did not get the device that it waits for"),
            ConsoleText("Generating \"/run/initramfs/rdsosreport.txt\"", "dracut gave up"),
            ConsoleText("Entering emergency mode. Exit the shell to continue", "dracut gave up"),
            ConsoleText("raid1 target support missing from kernel", "the image lacks dm-raid"),
            // init/do_mounts.c: newer kernels name what root= says before the unknown-block.
            ConsoleText("Unable to mount root fs on *", "there is no usable initramfs at all"),
            ConsoleText("Initramfs unpacking failed", "the image is damaged or was written only half"),
            ConsoleText("RAMDISK: EOF", "the image ends too early: it was written only half"),
            ConsoleText("RAMDISK: incomplete write", "the image is damaged or was written only half"),
            ConsoleText("junk in compressed archive", "the image is damaged or was written only half"),
            ConsoleText(
                "invalid magic at start of compressed archive",
                "the image is damaged or was written only half"),
            ConsoleText("-compressed data is truncated", "the image was written only half"),
            ConsoleText("No working init found", "there is no usable initramfs, or root is not the root"),
            ConsoleText("Run /init as init process*failed", "the image is empty or of another architecture"),
            ConsoleText("Cannot open root device", "no initramfs brought up the device of root"),
            ConsoleText("dracut:/#", "the shell of a dracut initramfs that did not find root"),
            ConsoleText("Warning: Could not boot", "dracut gave up"),
            ConsoleText(
                "Not all disks have been found", "dracut went on without a disk that the image waits for"),
            ConsoleText(
                "You might want to regenerate your initramfs", "the image waits for what is no longer there"),
            ConsoleText("Running /scripts/local-block", "the initramfs waits for the device of root"),
            ConsoleText(
                "Failed to mount * as root file system", "the initramfs cannot mount the device of root"),
            ConsoleText("mounting * on /root failed", "the initramfs cannot mount the device of root"),
            ConsoleText(
                "Cannot process volume group", "LVM in the initramfs did not find the volume group of root"),
        ])
}
