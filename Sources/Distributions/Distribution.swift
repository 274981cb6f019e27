import BootFiles
import Machine

/// What a family of distributions calls things, where it keeps them, and how it rebuilds them.
///
/// A family is one file and one line in `Distributions.all`; no switch over families stands anywhere else. Commands
/// are values: they run inside the installed system, and write beside what they replace.
package protocol Distribution: Sendable {
    /// The word for messages: "debian", "redhat", "suse".
    var id: String { get }
    /// Names of this family in os-release's `ID` and `ID_LIKE`.
    var names: [String] { get }
    /// `/boot/grub` or `/boot/grub2`.
    var grubDirectory: String { get }
    var mdadmConfPath: String { get }
    /// Where the list of disks that package upgrades install GRUB to is kept; nil where there is none.
    var installDevicesPath: String? { get }

    func initramfsPath(kernel: String) -> String
    /// Builds the image of one kernel, never of the running one, into `output`.
    func rebuildInitramfs(kernel: String, output: String, needs: InitramfsNeeds) -> Command
    /// The words by which its images tell themselves what to start, in front of the menu's; nil where the menu says it.
    func imageWords(needs: InitramfsNeeds) -> String?
    /// Writes grub.cfg into `output`, without os-prober: it mounts every partition it finds, a stale half of the
    /// mirror among them.
    func regenerateGrubConfig(output: String) -> Command
    /// Writes boot code and core image to a BIOS disk.
    func installGrub(on disk: String) -> Command
    /// The directory in `EFI` of an ESP that the system's own loaders lie in.
    func loaderDirectory(of release: OSRelease) -> String
    /// Writes loaders to the ESP that is mounted on `esp`, signed ones where there are such, and no boot option of the
    /// firmware's; with `fallback` also where the firmware looks without one. Nil where no tool has them: then they are
    /// on the ESP alone, from its package.
    func installLoaders(on esp: String, directory: String, fallback: Bool) -> Command?
    /// The few lines beside the loader that lead it to GRUB's directory, which is `path` in the filesystem `uuid`; nil
    /// where a tool writes them.
    func loaderConfig(uuid: String, path: String) -> String?
    /// GRUB reads its whole menu there, and not a few lines that lead to the one in /boot.
    var keepsMenuOnESP: Bool { get }
    /// What a person types to have the loaders written anew.
    var reinstallingLoaders: [String] { get }
    /// Where the kernel command line is written down, the source that later ones are made from first.
    var commandLineSources: [CommandLineSource] { get }
    /// The disks that package upgrades install GRUB to, out of the text of `installDevicesPath`; nil where it holds none.
    func installDevices(in text: String) -> [String]?
    /// The family as it is in this release, with these programs: what is done differs between versions.
    func adapted(to release: OSRelease, with programs: Set<Tool>) -> any Distribution
    /// The list of modules that each image gets whatever its generator thinks; nil where a rebuild asks for them itself.
    var moduleListPath: String? { get }
    /// Files that make the family boot unattended from what is left of a mirror, where it does not by itself.
    var degradedBootAssistance: [(path: String, text: String, mode: UInt32)] { get }
}

extension Distribution {
    /// The tool that writes grubenv.
    package var editenv: Tool { grubDirectory.hasSuffix("2") ? .grub2Editenv : .grubEditenv }

    /// The tool that writes the core image in GRUB's directory to a BIOS disk.
    package var biosSetup: Tool { grubDirectory.hasSuffix("2") ? .grub2BiosSetup : .grubBiosSetup }

    /// Writes boot code and the core image in GRUB's directory to a BIOS disk, and changes nothing in /boot.
    package func setUpGrub(on disk: String) -> Command {
        Command(biosSetup, "--directory=\(grubDirectory)/i386-pc", disk)
    }

    package func imageWords(needs: InitramfsNeeds) -> String? { nil }

    package func installDevices(in text: String) -> [String]? { nil }

    package func loaderDirectory(of release: OSRelease) -> String { release.id }

    package func installLoaders(on esp: String, directory: String, fallback: Bool) -> Command? { nil }

    package func loaderConfig(uuid: String, path: String) -> String? { nil }

    package var keepsMenuOnESP: Bool { false }

    package func adapted(to release: OSRelease, with programs: Set<Tool>) -> any Distribution { self }

    package var moduleListPath: String? { nil }
}

/// One place where a kernel command line is written down.
package enum CommandLineSource: Codable, Sendable, Hashable {
    /// `GRUB_CMDLINE_LINUX` of /etc/default/grub, and of the `*.cfg` files of the directory beside it.
    case defaultGrub
    /// The whole of this file: what new BLS entries get.
    case kernelCommandLine(path: String)
    /// `kernelopts` of grubenv.
    case grubEnvironment
    /// `options` of the BLS entries in this directory.
    case entries(path: String)
    /// The `linux` lines of grub.cfg, made from the others.
    case grubConfig
}

/// What an image must be able to open to reach the root.
package struct InitramfsNeeds: Sendable, Hashable {
    /// UUIDs of the arrays under root.
    package var mdArrays: [String]
    package var lvm: Bool
    /// The kernel's modules that map its arrays and logical volumes: raid1, dm-raid, …
    package var drivers: [String]
    package var luks: Bool
    /// /etc/crypttab names what is under root, and nothing else.
    package var crypttab: Bool

    package init(
        mdArrays: [String] = [], lvm: Bool = false, drivers: [String] = [], luks: Bool = false,
        crypttab: Bool = false
    ) {
        self.mdArrays = mdArrays
        self.lvm = lvm
        self.drivers = drivers
        self.luks = luks
        self.crypttab = crypttab
    }
}

/// The families that bootmend knows.
package enum Distributions {
    /// Asked in this order.
    package static let all: [any Distribution] = [Debian(), RedHat(), Suse(), Arch()]

    /// Programs that must not be there while grub.cfg is generated: 30_os-prober does nothing where it does not find
    /// them. The variable in the environment is not enough: grub-mkconfig sources /etc/default/grub after it, and
    /// who once wrote `GRUB_DISABLE_OS_PROBER=false` there has every stale half of the mirror mounted.
    package static let probers = ["/usr/bin/os-prober", "/usr/bin/linux-boot-prober"]

    /// The family of an os-release: by its `ID`, then by what it says it is like. Debian's ways stand for the unknown.
    package static func of(_ release: OSRelease, with programs: Set<Tool> = []) -> any Distribution {
        for name in [release.id] + release.idLike {
            if let family = all.first(where: { $0.names.contains(name) }) {
                return family.adapted(to: release, with: programs)
            }
        }
        return Debian()
    }
}
