import BootFiles

/// What LVM goes by in one place, the installed system or an image of it: lvm.conf, and the devices file where that is
/// in force.
struct LVMSettings {
    let conf: LVMConf
    /// Where the devices file in force lies; nil where none is, and the filters count.
    let devicesPath: String?
    let devices: LVMDevices
    /// On a machine with another product UUID than this file names, LVM looks for its PVIDs anew (device_id.c,
    /// device_ids_refresh_trigger).
    let namesMachine: Bool

    /// `root` stands in front of every path: a slash for the installed system, nothing for an image.
    init(_ texts: [String: String], under root: String, _ release: OSRelease) {
        conf = LVMConf(
            parsing: texts[root + "etc/lvm/lvm.conf"] ?? "", later: texts[root + "etc/lvm/lvmlocal.conf"])
        let path = root + "etc/lvm/devices/" + conf.devicesFile
        let text = Self.usesDevicesFile(conf, release) ? texts[path] : nil
        devicesPath = text == nil ? nil : path
        devices = LVMDevices(parsing: text ?? "")
        namesMachine = (text ?? "").split(separator: "\n").contains { $0.hasPrefix("PRODUCT_UUID=") }
    }

    // lvm.conf(5), use_devicesfile: compiled in as on from RHEL 9 on, and then in force where the file is there.
    private static func usesDevicesFile(_ conf: LVMConf, _ release: OSRelease) -> Bool {
        if let says = conf.usesDevicesFile { return says }
        if release.id == "fedora" { return true }
        let major = release.versionID?.split(separator: ".").first.flatMap { Int($0) } ?? 0
        return ([release.id] + release.idLike).contains("rhel") && major >= 9
    }

    /// The patterns of both filters.
    var patterns: [String] { (conf.filter?.patterns ?? []) + (conf.globalFilter?.patterns ?? []) }

    /// The filters let pass what has a name that only udev of the running system gives.
    var goesByOtherNames: Bool {
        patterns.contains { pattern in
            pattern.hasPrefix("a")
                && ["by-id", "by-path", "mapper", "mpath"].contains { pattern.contains($0) }
        }
    }

    /// lvm.conf(5), allow_changes_with_duplicate_pvs: a group is activated although its PVs are on several devices.
    var allowsDuplicates: Bool {
        conf.settings["devices/allow_changes_with_duplicate_pvs"]?.first.flatMap(Int.init) ?? 0 != 0
    }

    /// What the devices file lists, as people call it.
    var listed: String {
        devices.entries.isEmpty
            ? "no device" : devices.entries.map { $0.deviceName ?? $0.idName }.joined(separator: " ")
    }
}
