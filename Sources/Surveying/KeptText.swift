import BootFiles
import Machine

/// The small text files of an installed system that steps judge by: a closed list, each at most 64 KiB, never keys.
enum KeptText {
    static let limit = 64 << 10

    /// Files kept as they are.
    static let files = [
        "/etc/lvm/lvmlocal.conf", "/etc/lvm/devices/system.devices",
        "/etc/initramfs-tools/initramfs.conf", "/etc/initramfs-tools/update-initramfs.conf",
        "/etc/initramfs-tools/modules", "/etc/default/grub_installdevice", "/etc/default/mdadm",
        "/etc/sysconfig/bootloader", "/etc/kernel/cmdline", "/usr/lib/kernel/cmdline",
        "/etc/kernel/install.conf",
        "/etc/dracut.conf", "/etc/mkinitcpio.conf", "/etc/selinux/config",
    ]

    /// Directories, of which the files with the suffix are kept.
    static let directories: [(path: String, suffix: String)] = [
        ("/etc/mdadm.conf.d", ".conf"), ("/etc/mdadm/mdadm.conf.d", ".conf"), ("/etc/default/grub.d", ".cfg"),
        ("/etc/kernel/cmdline.d", ".conf"),
        ("/etc/dracut.conf.d", ".conf"), ("/usr/lib/dracut/dracut.conf.d", ".conf"),
        ("/etc/mkinitcpio.d", ".preset"),
    ]

    /// Programs by whose presence a family goes, each listed where it is first found in the tool directories.
    static let programs: [Tool] = [.mkinitramfs, .dracut, .grubBiosSetup, .grub2BiosSetup]

    /// lvm.conf as shipped is 110 KiB of comments: each becomes an empty line, so that line numbers stay true.
    static func withoutComments(_ text: String) -> String {
        let newline = UInt8(ascii: "\n")
        var kept: [UInt8] = []
        for line in text.utf8.split(separator: newline, omittingEmptySubsequences: false) {
            let first = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            if first != UInt8(ascii: "#") { kept += line }
            kept.append(newline)
        }
        return String(decoding: kept.dropLast(), as: UTF8.self)
    }

    /// The value lines of one debconf question, and nothing of the others: config.dat is the answer to all of them.
    static func debconf(_ question: String, in text: String) -> String? {
        for stanza in text.split(separator: "\n\n") {
            let lines = stanza.split(separator: "\n")
            guard lines.first == "Name: \(question)" else { continue }
            return lines.joined(separator: "\n") + "\n"
        }
        return nil
    }

    /// Of a shell fragment in initramfs-tools' conf.d, the assignments that decide how a root is found. A line that is
    /// left out is marked, so that nobody takes what is kept for the whole file.
    static func rootSettings(in text: String) -> String {
        let names = ["MODULES", "RESUME", "ROOT", "BOOT", "BOOT_DEGRADED", "COMPRESS"]
        let kept = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let isKept = names.contains { line.hasPrefix($0 + "=") || line.hasPrefix("export \($0)=") }
            return isKept || line.isEmpty ? String(line) : "# " + SecretWords.mark
        }
        return kept.joined(separator: "\n")
    }
}
