import Machine

extension Medium {
    /// What opening a target asks of the rescue system.
    private static let wanted: [Tool] = [.mdadm, .lvm, .dmsetup, .cryptsetup, .udevadm, .modprobe]

    /// The system whose tree `root` is: kernel, firmware, drivers and tools, from /sys, /proc and the tool directories.
    package static func read(_ root: RootDirectory) -> Medium {
        let kernel = line(root, "/proc/sys/kernel/osrelease") ?? ""
        return Medium(
            kernel: kernel, firmware: root.exists("/sys/firmware/efi") ? .uefi : .bios,
            hasMD: root.exists("/proc/mdstat") || root.exists("/sys/module/md_mod")
                || hasDriver(root, kernel, "md-mod"),
            hasDeviceMapper: root.exists("/sys/class/misc/device-mapper")
                || hasDriver(root, kernel, "dm-mod"),
            tools: wanted.map(\.rawValue).filter { hasTool(root, $0) })
    }

    // /dev/mapper/control alone proves nothing: udev makes the node from the module's alias before it is loaded.
    private static func hasDriver(_ root: RootDirectory, _ kernel: String, _ name: String) -> Bool {
        guard !kernel.isEmpty else { return false }
        let file = "/lib/modules/\(kernel)/modules."
        return ["dep", "builtin"].contains { index in
            let text = (try? root.text(file + index, limit: 16 << 20)) ?? ""
            return text.contains("/\(name).ko")
        }
    }

    private static func hasTool(_ root: RootDirectory, _ name: String) -> Bool {
        Tool.directories.contains { directory in
            guard let entry = try? root.entry(directory + "/" + name) else { return false }
            return entry.kind == .file && entry.mode & 0o111 != 0
        }
    }

    private static func line(_ root: RootDirectory, _ path: String) -> String? {
        guard let text = try? root.text(path, limit: 4096) else { return nil }
        let line = text.prefix { !$0.isNewline }
        return line.isEmpty ? nil : String(line)
    }
}
