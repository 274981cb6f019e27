extension Explanation {
    static let partitionTable = Explanation(
        step: .partitionTable,
        meaning:
            "Every disk of the mirror carries a partition table that has room for its part: members large enough, "
            + "and a place for GRUB's core image (the gap before the first partition, or a BIOS boot partition).",
        done: "both tables parse, and the second disk can hold what the first one holds",
        see: ["sfdisk -d /dev/sda", "sfdisk -d /dev/sdb", "bootmend scan"],
        mend: [
            Mending("MBR", "sfdisk -d /dev/sda | sfdisk /dev/sdb"),
            Mending("GPT", "sgdisk -R /dev/sdb /dev/sda", "sgdisk -G /dev/sdb"),
        ],
        symptoms: [
            ConsoleText("Missing operating system", "a generic boot record found no active partition"),
            ConsoleText(
                "Invalid partition table", "a generic boot record did not accept the partition table"),
            ConsoleText("no such partition", "GRUB looks for a partition that the table no longer has"),
        ])
}
