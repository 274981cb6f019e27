/// What a directory of an initramfs is for.
struct ArchivePlace {
    enum Kind {
        case root
        /// Below lib/modules/VERSION.
        case modules
        /// lib/modules/VERSION itself, where depmod's files lie.
        case moduleIndexes
        case programs
        case udevRules
        case units
        /// What is run at boot, by the name it is shown with.
        case scripts(shown: String)
        case elsewhere
    }

    let directory: String
    let kind: Kind
    let kernelVersion: String?

    /// `directory` without a leading slash and with /usr merged.
    init(_ directory: String) {
        self.directory = directory
        let parts = directory.split(separator: "/")
        if parts.starts(with: ["usr", "lib", "modules"]), parts.count > 3 {
            kernelVersion = String(parts[3])
            kind = parts.count == 4 ? .moduleIndexes : .modules
            return
        }
        kernelVersion = nil
        kind =
            if directory.isEmpty {
                .root
            } else if InitramfsPrograms.directories.contains(directory) {
                .programs
            } else if parts.suffix(2) == ["udev", "rules.d"] {
                .udevRules
            } else if InitramfsUnits.directories.contains(directory) {
                .units
            } else if let shown = Self.scripts(parts) {
                .scripts(shown: shown)
            } else {
                .elsewhere
            }
    }

    // scripts/X is initramfs-tools'; usr/lib/dracut/hooks/X dracut's, var/lib/dracut/hooks/X since dracut-ng 104, which
    // 033 already kept in lib/dracut/hooks; hooks is mkinitcpio's.
    private static func scripts(_ parts: [Substring]) -> String? {
        if parts.first == "scripts", parts.count <= 2 { return parts.joined(separator: "/") }
        if parts == ["hooks"] { return "hooks" }
        for dracut in [["usr", "lib", "dracut", "hooks"], ["var", "lib", "dracut", "hooks"]]
        where parts.count > 4 && parts.starts(with: dracut, by: { $0 == $1 }) {
            return parts[3...].joined(separator: "/")
        }
        return nil
    }
}
