import BootFiles
import Machine

/// Debian, Ubuntu and what is made of them: initramfs-tools, grub-*, debconf.
package struct Debian: Distribution {
    package let id = "debian"
    // Ubuntu turned the option for the fallback path around: its grub-install writes there unless told not to
    // (grub-install(8) of 20.04).
    private let writesFallback: Bool
    // Who took dracut instead, as Ubuntu does from 25.10 on.
    private let usesDracut: Bool
    package let names = ["debian", "ubuntu", "linuxmint", "raspbian", "devuan", "kali", "proxmox"]
    package let grubDirectory = "/boot/grub"
    package let mdadmConfPath = "/etc/mdadm/mdadm.conf"
    package let installDevicesPath: String? = DebconfDatabase.path

    package init() { self.init(OSRelease(id: "debian"), []) }

    init(_ release: OSRelease, _ programs: Set<Tool>) {
        writesFallback =
            ([release.id] + release.idLike).contains("ubuntu") && release.majorVersion ?? 20 >= 20
        usesDracut = programs.contains(.dracut) && !programs.contains(.mkinitramfs)
    }

    package func adapted(to release: OSRelease, with programs: Set<Tool>) -> any Distribution {
        Debian(release, programs)
    }

    // initramfs-tools(7): with MODULES=dep or list an image has only what runs now, or what is listed.
    package var moduleListPath: String? { usesDracut ? nil : "/etc/initramfs-tools/modules" }

    package func initramfsPath(kernel: String) -> String { "/boot/initrd.img-" + kernel }

    // mkinitramfs writes where it is told; update-initramfs would write in place, and not at all where
    // update-initramfs.conf says no (update-initramfs(8)).
    package func rebuildInitramfs(kernel: String, output: String, needs: InitramfsNeeds) -> Command {
        guard usesDracut else { return Command(.mkinitramfs, "-o", output, kernel) }
        return Command(
            .dracut,
            arguments: Dracut.arguments(
                kernel: kernel, output: output, needs: needs, commandLine: imageWords(needs: needs)))
    }

    package func imageWords(needs: InitramfsNeeds) -> String? { usesDracut ? Dracut.words(needs) : nil }

    package func regenerateGrubConfig(output: String) -> Command {
        Command(.grubMkconfig, "-o", output, environment: ["GRUB_DISABLE_OS_PROBER": "true"])
    }

    package func installGrub(on disk: String) -> Command { Command(.grubInstall, "--target=i386-pc", disk) }

    // The signed packages hold the loaders themselves, and grub-install takes them from there (grub-install's
    // --uefi-secure-boot, the default).
    package func installLoaders(on esp: String, directory: String, fallback: Bool) -> Command? {
        let opposite = writesFallback ? "--no-extra-removable" : "--force-extra-removable"
        return Command(
            .grubInstall,
            arguments: [
                "--target=x86_64-efi", "--efi-directory=\(esp)", "--bootloader-id=\(directory)", "--no-nvram",
            ] + (fallback != writesFallback ? [opposite] : []))
    }

    package let reinstallingLoaders = ["grub-install --target=x86_64-efi"]

    package let commandLineSources: [CommandLineSource] = [
        .defaultGrub, .grubConfig,
    ]

    package func installDevices(in text: String) -> [String]? {
        DebconfDatabase(parsing: text, questions: [DebconfDatabase.installDevices]).list(
            DebconfDatabase.installDevices)
    }

    package var degradedBootAssistance: [(path: String, text: String, mode: UInt32)] {
        guard !usesDracut else { return [] }
        return [(path: DegradedBootScript.path, text: DegradedBootScript.text, mode: 0o755)]
    }
}
