import BootFiles
import Surveying

/// One entry of the menu that GRUB shows, whether grub.cfg has it or a BLS file.
struct MenuEntry {
    var title: String
    /// The file that it is written in.
    var path: String
    var kernel: GrubConfig.Reference?
    /// GRUB's command for it, where that is not `linux`.
    var loadedBy: String?
    var images: [GrubConfig.Reference]
    var commandLine: KernelCommandLine
    /// GRUB starts it by itself.
    var starts: Bool
    /// It searches for the root's filesystem and not for /boot.
    var looksInRoot = false
    /// The file of its own that it is, which generating grub.cfg anew does not write.
    var bls: BLSEntry?
}

extension Scene {
    /// The entries that start this system.
    var menu: [MenuEntry] {
        guard let boot, let grub, let config = grub.config else { return [] }
        let generated = config.entries.enumerated().filter {
            $0.element.startsSomething && !startsAnotherSystem($0.element)
        }.map { index, entry in
            MenuEntry(
                title: entry.title, path: grubConfigPath, kernel: entry.kernel,
                loadedBy: entry.loadedBy, images: entry.initrds,
                commandLine: KernelCommandLine(parsing: entry.arguments),
                starts: index == started.index, looksInRoot: looksInRoot(entry))
        }
        guard config.readsEntries else { return generated }
        return boot.entries.filter { !startsAnotherSystem($0) }.map { entry in
            MenuEntry(
                title: entry.title ?? entry.file, path: bootPath("\(BLSEntry.directory)/\(entry.file)"),
                kernel: entry.kernel, images: entry.images(environment: grub.environment),
                commandLine: entry.commandLine(
                    environment: grub.environment,
                    fallback: config.kernelopts.map { ["kernelopts": $0.value] } ?? [:]),
                starts: entry == started.entry, bls: entry)
        } + generated
    }

    // One from before /boot was a filesystem of its own, or one by hand that starts the links /vmlinuz and /initrd.img.
    private func looksInRoot(_ entry: GrubConfig.Entry) -> Bool {
        let found = entry.searches.flatMap { storage.volumes(uuid: $0.value) }.map(\.id)
        return found.contains(installation.root) && installation.root != boot?.volume
    }

    /// What GRUB reaches under a name of the menu, through links.
    func bootFile(named name: String, inRoot: Bool = false) -> BootMenuFile {
        guard name.hasPrefix("/"), let slash = name.lastIndex(of: "/") else { return .elsewhere }
        let file = String(name[name.index(after: slash)...])
        // Only kernels and images were looked for; memtest86+ and the like are none.
        guard let meaning = BootFileName(file) else { return .elsewhere }
        let underMountPoint = survey.bootDirectories.first {
            $0.volume == installation.root && !$0.path.isEmpty
        }
        let directory = inRoot ? underMountPoint : boot
        let own =
            inRoot ? (underMountPoint?.grubPath(isRelative: false) ?? "/boot") + "/" + file : grubPath(file)
        if own == name { return directory?.file(file) ?? .missing }
        // A path from when /boot lay elsewhere leads nowhere; /ostree/… and /MACHINE-ID/… were not looked into, nor were
        // files and links beside /boot.
        let hasVersion = ![.kernel(version: ""), .image(version: nil)].contains(meaning)
        let isOfBoot = name[..<slash].hasSuffix("/boot") || (slash == name.startIndex && !inRoot)
        return isOfBoot && hasVersion ? .missing : .elsewhere
    }
}

/// What lies behind a name of the menu.
enum BootMenuFile: Hashable {
    case file(String)
    case missing
    /// It was not looked for.
    case elsewhere
}

extension BootDirectory {
    // As many links in a row as GRUB follows (grub-core/fs/fshelp.c).
    private static let mostLinks = 8

    fileprivate func file(_ name: String) -> BootMenuFile {
        let files = Set(kernels.map(\.file) + images.map(\.file))
        var name = name
        for _ in 0...Self.mostLinks {
            if files.contains(name) { return .file(name) }
            guard let target = links[name] else { return .missing }
            var parts = target.split(separator: "/").filter { $0 != "." }
            // From the top of the filesystem, which /boot need not be.
            if target.hasPrefix("/"), parts.starts(with: path.split(separator: "/")) {
                parts.removeFirst(path.split(separator: "/").count)
            }
            guard parts.count == 1 else { return .elsewhere }
            name = String(parts[0])
        }
        return .missing
    }
}
