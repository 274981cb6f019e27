extension Explanation {
    static let mdArray = Explanation(
        step: .mdArray,
        meaning: "The arrays that the boot needs exist, and every member is in them and current.",
        done:
            "every slot has a member here, none of them is out of date, and /boot is on an array where root is mirrored",
        see: ["cat /proc/mdstat", "mdadm --examine /dev/sda1 /dev/sdb1", "mdadm --detail /dev/md0"],
        mend: [
            Mending("all", "mdadm /dev/md0 --add /dev/sdb1", "bootmend rescue --confirm /dev/sdb1")
        ],
        symptoms: [
            ConsoleText(
                "unknown filesystem type 'linux_raid_member'", "a member is mounted instead of its array"),
            ConsoleText("md/raid1:*active with 1 out of 2 mirrors", "the array runs without a member"),
            ConsoleText("kicking non-fresh * from array", "a member is out of date and was left out"),
            ConsoleText("mdadm: failed to RUN_ARRAY", "an array could not be started from the members found"),
            ConsoleText(
                "md/raid1:*not clean -- starting background reconstruction", "the array resynchronises"),
        ])
}
