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

    /// `GRUB_CMDLINE_LINUX_DEFAULT`: for entries that are not for recovery.
    package var defaultCommandLine: KernelCommandLine {
        KernelCommandLine(parsing: assignments["GRUB_CMDLINE_LINUX_DEFAULT"] ?? "")
    }

    /// `GRUB_DISABLE_OS_PROBER`: nil where it is not set, and the grub-mkconfig of the distribution decides.
    package var disablesOSProber: Bool? { assignments["GRUB_DISABLE_OS_PROBER"].map { $0 == "true" } }

    /// `GRUB_ENABLE_BLSCFG`: the menu is read from BLS entries.
    package var enablesBLS: Bool { assignments["GRUB_ENABLE_BLSCFG"] == "true" }
}
