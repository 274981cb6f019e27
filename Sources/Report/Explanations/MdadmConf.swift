extension Explanation {
    static let mdadmConf = Explanation(
        step: .mdadmConf,
        meaning:
            "mdadm.conf names each array with its UUID, so that it comes up under the name that fstab uses, and not "
            + "as /dev/md127. The initramfs carries a copy.",
        done: "each array has its ARRAY line with the true UUID, and no line is stale or hides it",
        see: [
            "mdadm --detail --scan", "mdadm --examine --scan", "cat /etc/mdadm.conf /etc/mdadm/mdadm.conf",
        ],
        mend: [
            Mending("RHEL, SUSE", "mdadm --detail --scan > /etc/mdadm.conf"),
            Mending("Debian", "/usr/share/mdadm/mkconf force-generate", "update-initramfs -u -k all"),
        ],
        symptoms: [
            ConsoleText(
                "mdadm: No arrays found in config file or automatically", "no ARRAY line fits what is there"),
            ConsoleText(
                "Timed out waiting for device *md", "fstab waits for an array that came up under another name"
            ),
            ConsoleText("md127", "an array that no ARRAY line names gets a number from 127 down"),
        ])
}
