import Machine

/// lvm's commands for one volume group, seeing only its devices.
///
/// The filter keeps out other groups of the name, the medium's own, and halves that are not proven current.
struct LVMCommands {
    let devices: [String]
    let medium: OpeningPlan.Medium

    func activate(group: String) -> Command { command("vgchange", ["-ay"] + activation, [group]) }
    func activate(volumes: [String]) -> Command { command("lvchange", ["-ay"] + activation, volumes) }
    func deactivate(group: String) -> Command { command("vgchange", ["-an"], [group]) }
    func deactivate(volumes: [String]) -> Command { command("lvchange", ["-an"], volumes) }

    // Monitoring would start a repair of its own, polling would go on with a conversion.
    private var activation: [String] { ["--activationmode", "degraded", "--monitor", "n", "--poll", "n"] }

    private func command(_ verb: String, _ options: [String], _ names: [String]) -> Command {
        var words = [verb] + options
        if !medium.hasUdev, verb != "vgmknodes" { words.append("--noudevsync") }
        // The devices file of the medium (2.03.12) knows nothing of the target's disks.
        if !medium.lvm.lexicographicallyPrecedes([2, 3, 12]) { words += ["--devicesfile", ""] }
        return Command(.lvm, arguments: words + ["--config", configuration] + names)
    }

    private var configuration: String {
        let accepted = devices.map { "\"a|^\(Self.escaped($0))$|\"" } + ["\"r|.*|\""]
        let list = "[" + accepted.joined(separator: ",") + "]"
        var text = "devices{filter=\(list) global_filter=\(list)"
        if !medium.hasUdev { text += " obtain_device_list_from_udev=0" }
        text += "}"
        // lvmetad (gone in 2.03) keeps its own list of devices, which no filter reaches.
        if medium.lvm.lexicographicallyPrecedes([2, 3]) { text += " global{use_lvmetad=0}" }
        if !medium.hasUdev { text += " activation{udev_sync=0 udev_rules=0}" }
        return text
    }

    // A filter is a regular expression in a quoted string: only the dot occurs in names of devices, and one too many
    // a device that is let through by it has a name one character off.
    private static func escaped(_ path: String) -> String {
        path.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "[.]")
    }

    /// `LVM version:     2.03.16(2) (2022-05-18)` as [2, 3, 16].
    static func version(_ text: String) -> [Int] {
        let line = text.split(whereSeparator: \.isNewline).first { $0.contains("LVM version") }
        let words = line?.split(separator: ":").last?.split { $0 == " " || $0 == "(" } ?? []
        return words.first?.split(separator: ".").compactMap { Int($0) } ?? []
    }
}
