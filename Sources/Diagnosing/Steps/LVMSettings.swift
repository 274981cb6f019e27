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
        let main = texts[root + "etc/lvm/lvm.conf"] ?? ""
        refusesDuplicates = main.contains("allow_changes_with_duplicate_pvs") || !Self.isOld(release)
        conf = LVMConf(
            parsing: main, later: texts[root + "etc/lvm/lvmlocal.conf"])
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
        return (["rhel", "ol"].contains(release.id) || release.idLike.contains("rhel"))
            && release.majorVersion ?? 0 >= 9
    }

    // What each came with: RHEL 7.2 2.02.130, Debian 8 2.02.111, Ubuntu 16.04 2.02.133, SLES 12 SP2 and Leap 42.2 2.02.120.
    private static func isOld(_ release: OSRelease) -> Bool {
        let numbers = (release.versionID ?? "").split(separator: ".").map { Int($0) ?? 0 }
        guard let major = numbers.first else { return false }
        let minor = numbers.count > 1 ? numbers[1] : nil
        // By ID alone: SLES 12 and Oracle Linux 7 are like nothing by their ID_LIKE, and Amazon Linux 2 is like RHEL.
        return switch release.id {
        case "ubuntu": major <= 16
        case "debian": major <= 8
        // CentOS 7 says no more than 7.
        case "rhel", "centos", "ol", "scientific": major <= 6 || major == 7 && minor.map { $0 <= 2 } ?? false
        case "sles", "sled", "sles_sap": major <= 11 || major == 12 && minor ?? 0 <= 2
        case "opensuse": major <= 13 || major == 42 && minor ?? 0 <= 2
        default: false
        }
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

    /// LVM activates nothing of a group whose PVs are on several devices. Older than 2.02.153 it takes one of them
    /// (config_settings.h; the setting is in the lvm.conf that comes with it).
    let refusesDuplicates: Bool

    /// What the devices file lists, as people call it.
    var listed: String {
        devices.entries.isEmpty
            ? "no device" : devices.entries.map { $0.deviceName ?? $0.idName }.joined(separator: " ")
    }
}
