import Storage

extension StorageMap {
    /// The volumes that a source of fstab or of the kernel command line names: `UUID=…`, `LABEL=…`, `PARTUUID=…`,
    /// `PARTLABEL=…`, or a device path. Resolved from the survey, never from /dev/disk/by-*: members of arrays and
    /// PVs carry the signatures of what they belong to and are not among the answers.
    package func volumes(source: String) -> [Volume] {
        let value = source.split(separator: "=", maxSplits: 1).last.map(String.init) ?? ""
        let bare = value.filter { $0 != "\"" }
        if source.hasPrefix("UUID=") { return volumes(uuid: bare) }
        if source.hasPrefix("LABEL=") { return volumes(label: bare) }
        if source.hasPrefix("PARTUUID=") { return volumes(partUUID: bare) }
        if source.hasPrefix("PARTLABEL=") { return volumes(partLabel: bare) }
        return volume(named: source).map { [$0] } ?? []
    }

    /// Names an array by number or by name: `/dev/md0`, `/dev/md/boot`, `/dev/md_d0`.
    static func isArrayName(_ source: String) -> Bool {
        source.hasPrefix("/dev/md") && source != "/dev/md"
    }
}
