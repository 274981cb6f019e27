import Machine

/// Arch Linux: mkinitcpio, one image per kernel package.
package struct Arch: Distribution {
    package let id = "arch"
    package let names = ["arch", "manjaro", "endeavouros", "archarm"]
    package let grubDirectory = "/boot/grub"
    package let mdadmConfPath = "/etc/mdadm.conf"
    package let installDevicesPath: String? = nil

    package init() {}

    package func initramfsPath(kernel: String) -> String { "/boot/initramfs-\(flavour(kernel)).img" }

    package func rebuildInitramfs(kernel: String, output: String, needs: InitramfsNeeds) -> Command {
        // autodetect keeps what the running machine has loaded, which is the rescue system's (mkinitcpio(8), -S).
        Command(.mkinitcpio, "-k", kernel, "-S", "autodetect", "-g", output)
    }

    package func regenerateGrubConfig(output: String) -> Command {
        Command(.grubMkconfig, "-o", output, environment: ["GRUB_DISABLE_OS_PROBER": "true"])
    }

    package let reinstallingLoaders = ["grub-install --target=x86_64-efi"]

    package func installGrub(on disk: String) -> Command { Command(.grubInstall, "--target=i386-pc", disk) }

    package let commandLineSources: [CommandLineSource] = [
        .defaultGrub, .grubConfig,
    ]

    package var degradedBootAssistance: [(path: String, text: String, mode: UInt32)] { [] }

    // "6.9.1-arch1-1" is of the package linux, "6.6.30-1-lts" of linux-lts: files in /boot bear the package's name.
    private func flavour(_ kernel: String) -> String {
        let last = kernel.split(separator: "-").last.map(String.init) ?? ""
        return ["lts", "zen", "hardened", "rt"].contains(last) ? "linux-" + last : "linux"
    }
}
