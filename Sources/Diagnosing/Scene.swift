import BootFiles
import Changes
import Distributions
import LibMount
import Storage
import Surveying

/// What a step looks at: one installation of a survey, with the things every step asks for already worked out.
///
/// It never changes and every judge keeps it: shared, so that none of them copies a survey.
package final class Scene: Sendable {
    package let survey: Survey
    package let installation: Installation
    package let distribution: any Distribution
    package let fstab: [FstabEntry]
    /// The directory that is /boot in truth, whatever fstab says; nil where none was found.
    package let boot: BootDirectory?
    package let arrays: ArrayNaming
    /// The kernel says so where it runs; elsewhere it mounts an ESP, and no disk of its own has GRUB's boot code.
    package let isUEFI: Bool
    /// Where GRUB reads its menu on an ESP.
    let menuOnESP: MenuOnESP?
    /// The GRUB directory of /boot, with the menu that GRUB reads, wherever that lies.
    let grub: BootDirectory.Grub?
    /// What GRUB starts by itself.
    package let started: StartedEntry
    /// The machine it is to boot on, where that is another one.
    package let hardware: Hardware?

    package var storage: StorageMap { survey.storage }

    package init(_ survey: Survey, _ installation: Installation, hardware: Hardware? = nil) {
        self.survey = survey
        self.installation = installation
        self.hardware = hardware
        distribution = Distributions.of(installation.release, with: installation.programs)
        fstab = Fstab(parsing: installation.fstab?.text ?? "").entries
        boot = Self.trueBoot(survey, installation, fstab)
        isUEFI = Self.isUEFI(survey, installation, fstab, boot, distribution)
        menuOnESP = isUEFI ? MenuOnESP(survey, installation, fstab, boot, distribution) : nil
        var grub = boot?.grub
        if let menuOnESP {
            let usual = String(distribution.grubDirectory.dropFirst("/boot/".count))
            grub = grub ?? BootDirectory.Grub(directory: usual)
            grub?.config = menuOnESP.config
            grub?.environment = menuOnESP.vendor?.environment
        }
        self.grub = grub
        started = StartedEntry(of: grub, entries: boot?.entries ?? [])
        var used = [installation.root] + fstab.flatMap { survey.storage.volumes(source: $0.source) }.map(\.id)
        if let boot { used.append(boot.volume) }
        arrays = ArrayNaming(
            survey.storage, under: used, conf: installation.mdadmConf, texts: installation.texts, fstab: fstab
        )
    }

    /// The entry of fstab for a mount point.
    package func entry(mountedAt target: String) -> FstabEntry? { fstab.last { $0.target == target } }

    /// Where a file of /boot lies inside the installed system.
    package func bootPath(_ file: String) -> String { "/boot/" + file }

    /// grub.cfg inside the installed system.
    var grubConfigPath: String { menuDirectory + "/grub.cfg" }

    /// grubenv, which lies beside it.
    var grubenvPath: String { menuDirectory + "/grubenv" }

    private var menuDirectory: String {
        menuOnESP?.directory ?? distribution.grubDirectory
    }

    /// How grub.cfg names a file of /boot.
    package func grubPath(_ file: String) -> String {
        (boot?.grubPath(isRelative: grub?.config?.isRelative ?? false) ?? "") + "/" + file
    }

    /// How it names the image of a kernel.
    func grubImagePath(kernel: String) -> String {
        grubPath(String(distribution.initramfsPath(kernel: kernel).dropFirst("/boot/".count)))
    }

    /// The volume on which GRUB finds /boot.
    package var bootVolume: Volume? { boot.flatMap { storage.volume($0.volume) } }

    package var rootVolume: Volume? { storage.volume(installation.root) }

    /// What the kernel is told to wait for: the `root=` of the entry that GRUB starts, as the console then shows it.
    package var rootOnCommandLine: String {
        started.commandLine?.value(of: "root") ?? name(of: installation.root)
    }

    /// The kernels that have modules in the root, newest first.
    package var kernels: [String] { installation.kernels.sorted { KernelVersion($1) < KernelVersion($0) } }

    // /boot is what fstab mounts there, when that holds kernels of this root, or is an array or a volume that was made
    // for them and that nothing was copied to. Where fstab names nothing of the kind, the filesystem that holds them
    // is it: on an array rather than on a partition, since an old half of a mirror keeps its files.
    private static func trueBoot(
        _ survey: Survey, _ installation: Installation, _ fstab: [FstabEntry]
    ) -> BootDirectory? {
        let matching = survey.bootDirectories.filter { directory in
            directory.kernels.contains { $0.version.map(installation.kernels.contains) ?? false }
        }
        let separate = matching.filter { $0.path.isEmpty }
        let own = matching.first { $0.volume == installation.root && !$0.path.isEmpty }
        guard let entry = fstab.last(where: { $0.target == "/boot" }) else { return own ?? separate.first }
        let naming = ArrayNaming(
            survey.storage, under: survey.storage.arrays.map(\.id), conf: installation.mdadmConf,
            texts: installation.texts, fstab: fstab)
        let array = naming.array(named: entry.source)
        let named = Set(array.map { [$0.id] } ?? survey.storage.volumes(source: entry.source).map(\.id))
        func isArray(_ directory: BootDirectory) -> Bool {
            survey.storage.volume(directory.volume)?.kind == .array
        }
        let found =
            separate.first { named.contains($0.volume) && isArray($0) } ?? bare(named, survey)
            ?? separate.first(where: isArray) ?? separate.first { named.contains($0.volume) }
        // What fstab names and could not be read may be it: what else has kernels is a guess.
        return found ?? (survey.unread(among: named) == nil ? separate.first ?? own : nil)
    }

    /// Why there is no `boot`.
    var whyNoBoot: String {
        let named = Set(entry(mountedAt: "/boot").map { volumes(named: $0.source).map(\.id) } ?? [])
        return survey.unread(among: named).map { "\($0.name) could not be looked into: \($0.reason)" }
            ?? "no filesystem with this system's kernels was found"
    }

    /// The volumes that a source names once mdadm.conf is right: an array by the name that is given to it there.
    func volumes(named source: String) -> [Volume] {
        if let array = arrays.array(named: source) { return storage.volume(array.id).map { [$0] } ?? [] }
        let found = volumes(source: source)
        // Each device of a btrfs stands for all of it.
        return (found.isEmpty ? storage.volumes(linked: source) : found).map(storage.firstDevice)
    }

    /// What an administrator calls a volume.
    func name(of volume: VolumeID) -> String { storage.volume(volume)?.name ?? volume.rawValue }

    /// Volumes by their names, in a sentence.
    func names(_ volumes: [VolumeID]) -> String {
        let names = volumes.map(name)
        return names.count > 1
            ? names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "") : names.joined()
    }

    // The one array or logical volume that fstab mounts as /boot and that holds no kernel of any system. A filesystem
    // that could not be looked into is none of these: nobody knows what it holds.
    private static func bare(_ named: Set<VolumeID>, _ survey: Survey) -> BootDirectory? {
        guard named.count == 1, let id = named.first, let volume = survey.storage.volume(id),
            [.array, .logicalVolume].contains(volume.kind), !volume.copies.isEmpty || volume.node != nil,
            ["ext2", "ext3", "ext4", "xfs", "btrfs"].contains(volume.signature?.type),
            !survey.rejected.contains(where: { $0.volume == id }),
            !survey.installations.contains(where: { $0.root == id })
        else { return nil }
        let directory = survey.bootDirectories.first { $0.volume == id && $0.path.isEmpty }
        guard directory?.kernels.isEmpty ?? true else { return nil }
        return directory ?? BootDirectory(volume: id, path: "")
    }
}

extension Survey {
    /// What of these could not be looked into.
    fileprivate func unread(among volumes: Set<VolumeID>) -> RejectedCandidate? {
        rejected.first { $0.isUnread == true && volumes.contains($0.volume) }
    }
}

/// Kernel versions in the order of their numbers, as `sort -V` puts them.
package struct KernelVersion: Comparable, Sendable {
    private let parts: [Part]
    private enum Part: Comparable { case text(String), number(UInt64) }

    package init(_ text: String) {
        var parts: [Part] = []
        var rest = text[...]
        while let first = rest.first {
            let isDigit = first.isASCII && first.isNumber
            let run = rest.prefix { ($0.isASCII && $0.isNumber) == isDigit }
            parts.append(isDigit ? .number(UInt64(run) ?? .max) : .text(String(run)))
            rest = rest.dropFirst(run.count)
        }
        self.parts = parts
    }

    package static func < (one: Self, other: Self) -> Bool {
        one.parts.lexicographicallyPrecedes(other.parts)
    }
}
