/// A program that bootmend runs, from a closed list.
package enum Tool: String, Codable, Sendable, Hashable, CaseIterable {
    // Of the rescue system.
    case mdadm, lvm, dmsetup, cryptsetup, udevadm, modprobe, mount
    // Of the installed system, inside its root.
    case mkinitramfs, dracut, mkinitcpio
    case grubInstall = "grub-install"
    case grub2Install = "grub2-install"
    case grubBiosSetup = "grub-bios-setup"
    case grub2BiosSetup = "grub2-bios-setup"
    case grubMkconfig = "grub-mkconfig"
    case grub2Mkconfig = "grub2-mkconfig"
    case grubEditenv = "grub-editenv"
    case grub2Editenv = "grub2-editenv"
    case efibootmgr, setfiles
    case shell = "sh"
    case `true`

    /// The directories a tool is looked for in, in order; `$PATH` is never asked.
    package static let directories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]

    /// The Debian package that has it, for the message that names what is missing on the medium.
    package var package: String {
        switch self {
        case .mdadm: "mdadm"
        case .lvm: "lvm2"
        case .dmsetup: "dmsetup"
        case .cryptsetup: "cryptsetup-bin"
        case .udevadm: "udev"
        case .modprobe: "kmod"
        case .mount: "util-linux"
        case .mkinitramfs: "initramfs-tools-core"
        case .dracut: "dracut"
        case .mkinitcpio: "mkinitcpio"
        case .grubInstall, .grubBiosSetup, .grubMkconfig, .grubEditenv: "grub-pc"
        case .grub2Install, .grub2BiosSetup, .grub2Mkconfig, .grub2Editenv: "grub2-tools"
        case .efibootmgr: "efibootmgr"
        case .setfiles: "policycoreutils"
        case .shell, .true: "coreutils"
        }
    }
}

/// A tool and its arguments, as a value: built by pure functions, shown before it runs, never given to a shell.
package struct Command: Codable, Sendable, Hashable, CustomStringConvertible {
    package var tool: Tool
    package var arguments: [String]
    /// Variables beyond the short fixed environment every child gets.
    package var environment: [String: String]

    package init(_ tool: Tool, _ arguments: String..., environment: [String: String] = [:]) {
        self.init(tool, arguments: arguments, environment: environment)
    }

    package init(_ tool: Tool, arguments: [String], environment: [String: String] = [:]) {
        self.tool = tool
        self.arguments = arguments
        self.environment = environment
    }

    /// Tool and arguments, as the contract's `command` shows them.
    package var vector: [String] { [tool.rawValue] + arguments }

    /// Quoted for a shell, so that it can be pasted.
    package var description: String {
        let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.quoted($0.value))" }
        return (variables + vector.map(Self.quoted)).joined(separator: " ")
    }

    /// One word quoted for a shell, where it has to be.
    package static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || Array("-_./=:,+@%".utf8).contains(byte)
        }
        guard !plain || word.isEmpty else { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
            + "'"
    }
}
