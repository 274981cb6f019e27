extension Explanation {
    static let lvmMirror = Explanation(
        step: .lvmMirror,
        meaning:
            "The logical volumes of root and swap are whole, mirrored over different disks where that was meant, and "
            + "LVM's own configuration lets it see every physical volume.",
        done:
            "no physical volume is missing or hidden, each image of a mirror is current and lies on a disk of its own",
        see: [
            "lvs -a -o name,attr,sync_percent,devices", "pvs", "vgs -o +vg_missing_pv_count",
            "lvmconfig devices/filter devices/global_filter", "cat /etc/lvm/devices/system.devices",
        ],
        mend: [
            Mending(
                "all", "lvconvert --type raid1 -m 1 VG/LV", "lvconvert --repair VG/LV",
                "lvchange --refresh VG/LV"),
            Mending(
                "a disk that came back", "vgextend --restoremissing VG /dev/sdb2", "lvchange --refresh VG/LV"),
            Mending("RHEL 9 and later", "lvmdevices --adddev /dev/sdb2"),
        ],
        symptoms: [
            ConsoleText("Couldn't find device with uuid *", "a physical volume is missing"),
            ConsoleText(
                "Refusing activation of partial LV *",
                "a mirror has lost a disk and is not started without it"),
            ConsoleText("is missing PV *", "a physical volume is missing"),
            ConsoleText("Volume group \"*\" not found", "no physical volume of the group was seen"),
            ConsoleText("Cannot process volume group", "no physical volume of the group was seen"),
            ConsoleText(
                "while PVs appear on duplicate devices", "two devices claim to be one physical volume"),
        ])
}
