import Glibc
import Machine

/// Mapped devices of bootmend's own, made and removed with dmsetup; all are named `bootmend-…`.
enum DeviceMapper {
    static let prefix = "bootmend-"

    /// Why no device can be mapped here; nil where it can.
    static func obstacle() -> String? {
        if (try? Command(.dmsetup).locate(in: nil)) == nil { return "this rescue system has no dmsetup" }
        if answers() { return nil }
        _ = try? Command(.modprobe, "-q", "dm-mod").run()
        return answers() ? nil : "this kernel has no device-mapper"
    }

    // The node may lie there without a driver behind it.
    private static func answers() -> Bool {
        let control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC)
        guard control >= 0 else { return false }
        close(control)
        return true
    }

    /// Asks udev for nothing: its rules are for devices that stay, and it may not be running.
    static func creation(_ name: String, readOnly: Bool, table: [String]) -> Command {
        Command(
            .dmsetup,
            arguments: ["create", name, "--noudevrules", "--noudevsync"] + (readOnly ? ["--readonly"] : [])
                + ["--table", table.joined(separator: "\n")])
    }

    static func removal(_ name: String, deferred: Bool = false) -> Command {
        Command(
            .dmsetup,
            arguments: ["remove", "--noudevrules", "--noudevsync"] + (deferred ? ["--deferred"] : []) + [name]
        )
    }

    /// Maps a device and answers its node.
    static func create(_ name: String, readOnly: Bool, table: [String]) throws(SystemError) -> String {
        let result = try creation(name, readOnly: readOnly, table: table).run()
        guard result.succeeded else { throw SystemError("map", name, detail: result.complaint) }
        // Without udev's rules there is no link in /dev/mapper; devtmpfs has the node by its number.
        let answer = try Command(.dmsetup, "info", "--columns", "--noheadings", "-o", "minor", name).run()
        let minor = answer.text.filter { !$0.isWhitespace }
        let node = "/dev/dm-" + minor
        if answer.succeeded, !minor.isEmpty, DeviceNumber(node: node) != nil { return node }
        _ = try Command(.dmsetup, "mknodes", name).run()
        return "/dev/mapper/" + name
    }

    static func remove(_ name: String) throws(SystemError) {
        if try removal(name).run().succeeded { return }
        // Something still has it open: the kernel removes it at the last close (Linux 3.13).
        let result = try removal(name, deferred: true).run()
        guard result.succeeded else { throw SystemError("remove", name, detail: result.complaint) }
    }

    /// Removes what a look left behind that was killed: the names carry the process that made them.
    static func removeLeftovers() {
        guard let names = try? RootDirectory("/dev/mapper").list("/") else { return }
        for name in names.reversed() where name.hasPrefix(prefix + "look-") {
            guard let owner = name.split(separator: "-").dropFirst(2).first.flatMap({ pid_t($0) }) else {
                continue
            }
            if kill(owner, 0) != 0 && errno == ESRCH { try? remove(name) }
        }
    }
}
