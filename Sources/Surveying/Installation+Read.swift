import BootFiles
import Distributions
import Glibc
import LibMount
import Machine
import Storage

extension Installation {
    /// Reads the facts of a root that is mounted for looking. What cannot be read is noted, and the rest goes on.
    ///
    /// `aliases` are the module aliases of the disks' controllers, for which drivers are looked up.
    static func read(
        _ tree: RootDirectory, root: VolumeID, subvolume: String?, aliases: [String]
    ) -> Installation {
        var reader = InstallationReader(tree, root: root, subvolume: subvolume)
        reader.readIdentity()
        reader.readConfiguration()
        reader.readTexts()
        reader.readKernels(aliases)
        reader.notePresent()
        reader.readJournals()
        reader.readSwapFiles()
        return reader.installation
    }
}

/// Gathers one installation's facts, file by file.
private struct InstallationReader {
    var installation: Installation
    private let tree: RootDirectory

    init(_ tree: RootDirectory, root: VolumeID, subvolume: String?) {
        self.tree = tree
        installation = Installation(root: root, subvolume: subvolume, release: OSRelease(id: "linux"))
    }

    private mutating func attempt<T>(_ work: (RootDirectory) throws(SystemError) -> T?) -> T? {
        do { return try work(tree) } catch {
            installation.failures.append(error.inside(tree.path).description)
            return nil
        }
    }

    private mutating func text(_ path: String, limit: Int = KeptText.limit) -> String? {
        attempt { tree throws(SystemError) in try tree.text(path, limit: limit) }
    }

    private mutating func names(_ path: String) -> [String] {
        attempt { tree throws(SystemError) in try tree.list(path, limit: 4096) } ?? []
    }

    private mutating func file(_ paths: String...) -> Installation.TextFile? {
        for path in paths {
            if let text = text(path, limit: 1 << 20) { return Installation.TextFile(path: path, text: text) }
        }
        return nil
    }

    mutating func readIdentity() {
        for path in OSRelease.paths {
            guard let text = text(path) else { continue }
            installation.release = OSRelease(parsing: text)
            break
        }
        if installation.release.id == "linux", let family = oldRelease() { installation.release = family }
        installation.machineID = text("/etc/machine-id").flatMap { Self.machineID($0) }
        installation.hostName = text("/etc/hostname").flatMap { text in
            text.split(whereSeparator: \.isNewline).first { !$0.hasPrefix("#") }.map {
                String($0.prefix(253))
            }
        }
    }

    // Where /usr is a filesystem of its own, the link /etc/os-release leads nowhere; these files still tell the family.
    private mutating func oldRelease() -> OSRelease? {
        for (path, id) in [
            ("/etc/redhat-release", "rhel"), ("/etc/SuSE-release", "sles"), ("/etc/debian_version", "debian"),
        ] {
            guard let text = text(path), let line = text.split(whereSeparator: \.isNewline).first else {
                continue
            }
            let version = line.split(separator: " ").first { $0.first?.isNumber ?? false }
            return OSRelease(
                id: id, versionID: version.map(String.init), prettyName: String(line.prefix(128)))
        }
        return nil
    }

    // machine-id(5): 32 digits; empty or "uninitialized" on a system that never started.
    private static func machineID(_ text: String) -> String? {
        let id = text.prefix { $0.isASCII && $0.isHexDigit }
        return id.count == 32 ? id.lowercased() : nil
    }

    mutating func readJournals() {
        installation.cutShort = attempt { tree throws(SystemError) in try CutShortRun.all(in: tree) }
    }

    // systemd leaves nothing of it on the kernel's line where the firmware remembers it (systemd-hibernate-resume(8)).
    mutating func readSwapFiles() {
        let files = Fstab(parsing: installation.fstab?.text ?? "").entries.filter(\.isSwap).map(\.source)
            .filter { $0.hasPrefix("/") && !$0.hasPrefix("/dev/") }
        installation.hibernatedFiles = files.prefix(16).filter { path in
            let (start, count) = SwapFileImage.signature
            let bytes = attempt { tree throws(SystemError) -> [UInt8]? in
                guard try tree.entry(path)?.kind == .file,
                    let file = try tree.resolve(path, O_RDONLY | O_NONBLOCK)
                else { return nil }
                return try file.read(at: start, count: count, of: path)
            }
            return bytes.map(SwapFileImage.isSigned) ?? false
        }
    }

    mutating func readConfiguration() {
        installation.fstab = file("/etc/fstab")
        installation.crypttab = file("/etc/crypttab")
        installation.defaultGrub = file("/etc/default/grub")
        // mdadm is built to look in one place and falls back to the other (mdadm config.c, conf_file).
        let usual = Distributions.of(installation.release).mdadmConfPath
        installation.mdadmConf = file(usual, "/etc/mdadm.conf", "/etc/mdadm/mdadm.conf")
    }

    mutating func readTexts() {
        for path in KeptText.files { keep(path) }
        for directory in KeptText.directories {
            for name in names(directory.path).prefix(64) where name.hasSuffix(directory.suffix) {
                keep("\(directory.path)/\(name)")
            }
        }
        // Shipped with 110 KiB of comments. What an image holds of it is kept by the same rule, for comparison.
        if let text = text("/etc/lvm/lvm.conf", limit: 1 << 20) {
            let kept = text.utf8.count > KeptText.limit ? KeptText.withoutComments(text) : text
            installation.texts["/etc/lvm/lvm.conf"] = SecretWords.removed(from: kept)
        }
        for name in names("/etc/initramfs-tools/conf.d").prefix(64) {
            let path = "/etc/initramfs-tools/conf.d/\(name)"
            installation.texts[path] = text(path).map(KeptText.rootSettings)
        }
        let debconf = "/var/cache/debconf/config.dat"
        if let text = text(debconf, limit: 16 << 20) {
            installation.texts[debconf] = KeptText.debconf("grub-pc/install_devices", in: text)
        }
        for (path, _, _) in Distributions.of(installation.release).degradedBootAssistance { keep(path) }
    }

    private mutating func keep(_ path: String) {
        if let text = text(path) { installation.texts[path] = SecretWords.removed(from: text) }
    }

    mutating func readKernels(_ aliases: [String]) {
        // The same directory on a merged /usr.
        for directory in ["/lib/modules", "/usr/lib/modules"] {
            for version in names(directory).prefix(64) where !installation.kernels.contains(version) {
                let path = "\(directory)/\(version)"
                guard tree.exists(path + "/modules.dep") || tree.exists(path + "/kernel") else { continue }
                installation.kernels.append(version)
                let modules = attempt { tree throws(SystemError) in
                    try KernelModules.read(root: tree, version: version)
                }
                installation.builtIn[version] = modules?.builtIn.sorted() ?? []
                guard !aliases.isEmpty, let text = text(path + "/modules.alias", limit: 16 << 20) else {
                    continue
                }
                installation.drivers[version] = ModuleAliases(parsing: text).modules(driving: aliases)
            }
        }
    }

    mutating func notePresent() {
        installation.present = KeptText.programs.compactMap { program in
            Tool.directories.map { $0 + "/" + program.rawValue }.first(where: tree.exists)
        }
    }
}
