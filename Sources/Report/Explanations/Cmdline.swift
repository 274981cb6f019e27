extension Explanation {
    static let cmdline = Explanation(
        step: .cmdline,
        meaning:
            "The kernel command line says where root is (root=), which arrays and volumes to start (rd.md.uuid=, "
            + "rd.lvm.lv=) and where to resume from. It is kept in several places, and copied from one to the other.",
        done:
            "each of these words leads to something that exists, in every place it is kept, and none is missing that the "
            + "initramfs needs",
        see: [
            "cat /proc/cmdline /etc/default/grub /etc/kernel/cmdline", "grubby --info=ALL",
            "grub2-editenv list",
        ],
        mend: [
            Mending("RHEL", "grubby --update-kernel=ALL --remove-args=OLD --args=NEW"),
            Mending("Debian, SUSE", "vi /etc/default/grub", "bootmend explain grub-config"),
        ],
        symptoms: [
            ConsoleText("Don't know how to handle 'root=*", "root= is empty or not understood"),
            ConsoleText("No or empty root= argument", "the command line lost its root="),
            ConsoleText("No root device specified", "the command line lost its root="),
            ConsoleText(
                "mounting * on /root failed", "root= names what holds no filesystem that can be mounted"),
            ConsoleText(
                "Target filesystem doesn't have requested /sbin/init",
                "root= leads to a filesystem that is no root"),
            ConsoleText(
                "No init found. Try passing init= bootarg", "root= leads to a filesystem that is no root"),
            ConsoleText(
                "Gave up waiting for suspend/resume device", "resume= names an old swap; the boot goes on"),
            ConsoleText("rd.lvm=0: removing LVM activation", "the command line names no logical volume"),
            ConsoleText("rd.md=0: removing MD RAID activation", "the command line names no array"),
        ])
}
