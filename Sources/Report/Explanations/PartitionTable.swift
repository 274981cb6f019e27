extension Explanation {
    static let partitionTable = Explanation(
        step: .partitionTable,
        meaning:
            "Every disk of the mirror carries a partition table that has room for its part: members large enough, "
            + "and a place for GRUB's core image (the gap before the first partition, or a BIOS boot partition).",
        done: "every disk of the mirror has a table, and room in it for its part and for GRUB",
        see: ["sfdisk -d /dev/sda", "sfdisk -d /dev/sdb", "bootmend scan"],
        mend: [
            Mending("MBR", "sfdisk -d /dev/sda | sed /^label-id:/d | sfdisk /dev/sdb"),
            Mending("GPT", "sgdisk -R /dev/sdb /dev/sda", "sgdisk -G /dev/sdb"),
            Mending("GPT without a BIOS boot partition", "sgdisk -a 1 -n 0:34:2047 -t 0:ef02 /dev/sdb"),
        ],
        symptoms: [
            ConsoleText("Missing operating system", "a generic boot record found no active partition"),
            ConsoleText(
                "Invalid partition table", "a generic boot record did not accept the partition table"),
            ConsoleText(
                "this GPT partition label contains no BIOS Boot Partition",
                "GRUB has no place for its core image"),
            ConsoleText(
                "attempt to access beyond end of device", "a partition became smaller than what is on it"),
            ConsoleText("no such partition", "GRUB looks for a partition that the table no longer has"),
        ])
}
