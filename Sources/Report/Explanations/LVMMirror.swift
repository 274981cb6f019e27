extension Explanation {
    static let lvmMirror = Explanation(
        step: .lvmMirror,
        meaning:
            "The logical volumes of root and swap are whole, and mirrored over different disks where that was meant.",
        done: "no physical volume is missing, each image of a mirror lies on a disk of its own",
        see: ["lvs -a -o name,attr,sync_percent,devices", "pvs", "vgs -o +vg_missing_pv_count"],
        mend: [
            Mending(
                "all", "lvconvert --type raid1 -m 1 VG/LV", "lvconvert --repair VG/LV",
                "lvchange --refresh VG/LV"),
            Mending("RHEL 9 and later", "lvmdevices --adddev /dev/sdb2"),
        ],
        symptoms: [
            ConsoleText("Couldn't find device with uuid *", "a physical volume is missing"),
            ConsoleText(
                "Refusing activation of partial LV *",
                "a mirror has lost a disk and is not started without it"),
            ConsoleText("is missing PV *", "a physical volume is missing"),
            ConsoleText("Volume group \"*\" not found", "no physical volume of the group was seen"),
        ])
}
