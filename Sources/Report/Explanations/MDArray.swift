extension Explanation {
    static let mdArray = Explanation(
        step: .mdArray,
        meaning: "The arrays that the boot needs exist, and every member is in them and current.",
        done: "the superblocks of all members name the same array and the same number of events",
        see: ["cat /proc/mdstat", "mdadm --examine /dev/sda1 /dev/sdb1", "mdadm --detail /dev/md0"],
        mend: [Mending("all", "mdadm /dev/md0 --re-add /dev/sdb1", "mdadm /dev/md0 --add /dev/sdb1")],
        symptoms: [
            ConsoleText(
                "unknown filesystem type 'linux_raid_member'", "a member is mounted instead of its array"),
            ConsoleText("mdadm: failed to RUN_ARRAY", "an array could not be started from the members found"),
            ConsoleText(
                "md/raid1:*not clean -- starting background reconstruction", "the array resynchronises"),
        ])
}
