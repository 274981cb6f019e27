/// `/etc/default/grub` and the files beside it: what grub-mkconfig makes a menu from.
package struct DefaultGrub: Codable, Sendable, Hashable {
    /// Where distributions keep it, and the directory whose `*.cfg` Debian's grub-mkconfig sources afterwards.
    package static let path = "/etc/default/grub"
    package static let directory = "/etc/default/grub.d"

    package var assignments: ShellAssignments

    /// Reads the files in the order in which grub-mkconfig sources them.
    package init(parsing texts: String...) {
        assignments = texts.reduce(ShellAssignments()) { ShellAssignments(parsing: $1, after: $0) }
    }

    package init(parsing texts: [String]) {
        assignments = texts.reduce(ShellAssignments()) { ShellAssignments(parsing: $1, after: $0) }
    }

    /// `GRUB_CMDLINE_LINUX`: for every entry.
    package var commandLine: KernelCommandLine {
        KernelCommandLine(parsing: assignments["GRUB_CMDLINE_LINUX"] ?? "")
    }
}
