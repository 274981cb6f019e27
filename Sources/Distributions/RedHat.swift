import BootFiles
import Machine

/// RHEL 7 to 10, Fedora, and the rebuilds of both: dracut, grub2-*.
package struct RedHat: Distribution {
    package let id = "redhat"
    package let names = ["rhel", "centos", "fedora", "rocky", "almalinux", "ol", "scientific"]
    package let grubDirectory = "/boot/grub2"
    package let mdadmConfPath = "/etc/mdadm.conf"
    package let installDevicesPath: String? = nil

    /// 7 to 10, or a number of Fedora's; nil where os-release does not say.
    private let version: Int?
    private let isFedora: Bool
    /// It is one of these itself, and not only like one: what it does otherwise is not known.
    private let isKnown: Bool

    package init() {
        version = nil
        isFedora = false
        isKnown = false
    }

    init(_ release: OSRelease) {
        version = release.majorVersion
        isFedora = release.id == "fedora"
        isKnown = version != nil && names.contains(release.id)
    }

    package func adapted(to release: OSRelease, with programs: Set<Tool>) -> any Distribution {
        RedHat(release)
    }

    // Entries of the menu are BLS files from RHEL 8 and Fedora 30 on.
    private var usesEntries: Bool { version.map { $0 >= (isFedora ? 30 : 8) } ?? false }

    // Where the options of an entry are `$kernelopts`: RHEL 8, Fedora 30 to 33.
    private var usesKernelopts: Bool { version.map { isFedora ? (30...33).contains($0) : $0 == 8 } ?? false }

    package var commandLineSources: [CommandLineSource] {
        guard usesEntries else {
            return [.defaultGrub, .grubConfig]
        }
        return [
            .defaultGrub,
            usesKernelopts
                ? .grubEnvironment
                : .kernelCommandLine(path: "/etc/kernel/cmdline"),
            .entries(path: "/boot/" + BLSEntry.directory),
        ]
    }

    package func initramfsPath(kernel: String) -> String { "/boot/initramfs-\(kernel).img" }

    package func rebuildInitramfs(kernel: String, output: String, needs: InitramfsNeeds) -> Command {
        Command(.dracut, arguments: Dracut.arguments(kernel: kernel, output: output, needs: needs))
    }

    // From 8 on grub2-mkconfig writes more than its output: kernelopts into grubenv on 8, the options of every BLS entry
    // up to 9.2 (RHEL 9.3 release notes, boot loader). Asked not to, it leaves what people changed there as it is;
    // the command line is a step of its own. 7 does not know the option.
    package func regenerateGrubConfig(output: String) -> Command {
        Command(
            .grub2Mkconfig, arguments: ["-o", output] + (usesEntries ? ["--no-grubenv-update"] : []),
            environment: ["GRUB_DISABLE_OS_PROBER": "true"])
    }

    // Oracle's packages kept the name (grub2.spec, efidir).
    package func loaderDirectory(of release: OSRelease) -> String {
        ["rhel", "ol"].contains(release.id) ? "redhat" : release.id
    }

    // Packages put shim and GRUB straight on the ESP, and grub2-install would put an unsigned one there.
    package var reinstallingLoaders: [String] {
        [
            (version ?? 8) >= 8
                ? "dnf reinstall shim-x64 grub2-efi-x64" : "yum reinstall 'shim*' 'grub2-efi*'"
        ]
    }

    // As anaconda and grub2-common write it from RHEL 9 and Fedora 34 on (gen_grub_cfgstub); before, the menu itself is
    // on the ESP (anaconda's configuration directory of the EFI classes of RHEL 7 and 8 is efi/EFI/redhat).
    package var keepsMenuOnESP: Bool { isKnown && !hasStub }

    private var hasStub: Bool { version.map { $0 >= (isFedora ? 34 : 9) } ?? false }

    package func loaderConfig(uuid: String, path: String) -> String? {
        guard hasStub else { return nil }
        return """
            search --no-floppy --root-dev-only --fs-uuid --set=dev \(uuid)
            set prefix=($dev)\(path)
            export $prefix
            configfile $prefix/grub.cfg

            """
    }

    package func installGrub(on disk: String) -> Command { Command(.grub2Install, "--target=i386-pc", disk) }

    // dracut activates what is there after two thirds of rd.retry by itself.
    package var degradedBootAssistance: [(path: String, text: String, mode: UInt32)] { [] }
}

/// How dracut is asked for an image that is right although it is built on another machine's kernel.
enum Dracut {
    // Where the menu names neither arrays nor LVs, images carry `rd.lvm.lv=` and `rd.md.uuid=` within
    // (hostonly_cmdline=yes). dracut looks for the devices to write there in hostonly mode alone, and without any such
    // word removes the activation of LVM and MD (parse-lvm.sh, parse-md.sh); rd.auto stands for all of them.
    static func words(_ needs: InitramfsNeeds) -> String? {
        !needs.mdArrays.isEmpty || needs.lvm || needs.luks ? "rd.auto=1" : nil
    }

    // Not hostonly: it keeps a driver only when the *running* kernel has loaded it, and that is the rescue system's
    // (dracut-install, modalias filter). mdadm.conf and lvm.conf are then left out unless asked for.
    // `commandLine` goes into the image, in front of what the menu says (dracut(8), --kernel-cmdline).
    static func arguments(
        kernel: String, output: String, needs: InitramfsNeeds, commandLine: String? = nil
    ) -> [String] {
        var modules: [String] = []
        if !needs.mdArrays.isEmpty { modules.append("mdraid") }
        if needs.lvm { modules += ["lvm", "dm"] }
        if needs.luks { modules.append("crypt") }
        var arguments = ["-f", "--no-hostonly", "--mdadmconf", "--lvmconf"]
        if !modules.isEmpty { arguments += ["--add", modules.joined(separator: " ")] }
        if !needs.drivers.isEmpty {
            arguments += ["--add-drivers", needs.drivers.joined(separator: " ")]
        }
        // It goes in with hostonly alone (90crypt, module-setup.sh). Without it containers have other names than fstab
        // expects, and keys and options are lost; what it names beside root would be waited for too early.
        if needs.luks && needs.crypttab { arguments += ["--include", "/etc/crypttab", "/etc/crypttab"] }
        if let commandLine { arguments += ["--kernel-cmdline", commandLine] }
        return arguments + [output, kernel]
    }
}
