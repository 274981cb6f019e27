extension Explanation {
    static let sync = Explanation(
        step: .sync,
        meaning:
            "A mirror is one only when its halves are the same. Until the copying is over, the new half cannot boot.",
        done: "no resynchronisation or recovery runs, or waits to be started",
        see: ["cat /proc/mdstat", "lvs -a -o name,attr,sync_percent"],
        mend: [Mending("all", "mdadm --wait /dev/md0", "lvs -a -o name,sync_percent")],
        symptoms: [])
}
