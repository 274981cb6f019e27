import BootFiles
import Machine

/// SLES and openSUSE: dracut under `/boot/initrd-…`, grub2-*.
package struct Suse: Distribution {
    package let id = "suse"
    package let names = [
        "sles", "sled", "suse", "opensuse", "opensuse-leap", "opensuse-tumbleweed", "sle-micro",
        "sles_sap",
    ]
    package let grubDirectory = "/boot/grub2"
    package let mdadmConfPath = "/etc/mdadm.conf"
    package let installDevicesPath: String? = GrubInstallDevice.path

    package init() {}

    package func initramfsPath(kernel: String) -> String { "/boot/initrd-" + kernel }

    package func rebuildInitramfs(kernel: String, output: String, needs: InitramfsNeeds) -> Command {
        Command(
            .dracut,
            arguments: Dracut.arguments(
                kernel: kernel, output: output, needs: needs, commandLine: imageWords(needs: needs)))
    }

    // SUSE's menu names neither arrays nor LVs (suse.conf).
    package func imageWords(needs: InitramfsNeeds) -> String? { Dracut.words(needs) }

    package func regenerateGrubConfig(output: String) -> Command {
        Command(.grub2Mkconfig, "-o", output, environment: ["GRUB_DISABLE_OS_PROBER": "true"])
    }

    // shim-install: the first word of the distributor's name, which was SLES12 for one version.
    package func loaderDirectory(of release: OSRelease) -> String {
        if ["sles", "sled"].contains(release.id), release.majorVersion == 12 { return release.id + "12" }
        return release.id.split(separator: "-").first.map(String.init) ?? release.id
    }

    package let reinstallingLoaders = ["shim-install"]

    package func installGrub(on disk: String) -> Command { Command(.grub2Install, "--target=i386-pc", disk) }

    package let commandLineSources: [CommandLineSource] = [
        .defaultGrub, .grubConfig,
    ]

    package func installDevices(in text: String) -> [String]? {
        let devices = GrubInstallDevice(parsing: text).devices
        return devices.isEmpty ? nil : devices
    }

    package var degradedBootAssistance: [(path: String, text: String, mode: UInt32)] { [] }
}
