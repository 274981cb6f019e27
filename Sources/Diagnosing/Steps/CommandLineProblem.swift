import BootFiles
import LibMount
import Storage
import Surveying

/// A parameter of a kernel command line that leads nowhere, or to the wrong thing; or one that has to be there.
struct CommandLineProblem: Hashable {
    /// The word of its finding's id.
    var word: String
    /// The parameter as it is written; nil where one is missing.
    var old: String?
    /// What it should be; nil where it should go.
    var new: String?
    var summary: String
    var symptom: String?
    /// Told this, the kernel does not get to its default target.
    var stops: Bool

    init(
        _ word: String, old: String?, new: String?, _ summary: String, symptom: String? = nil,
        stops: Bool = true
    ) {
        self.word = word
        self.old = old
        self.new = new
        self.summary = summary
        self.symptom = symptom
        self.stops = stops
    }

    /// What stands where it should be right.
    var seen: String { old ?? "no " + (new?.split(separator: "=").first.map(String.init) ?? "") }

    /// It is about the same word, whatever else its line says.
    func isSame(_ other: CommandLineProblem) -> Bool { word == other.word && old == other.old }
}

/// Holds a command line against what is there.
struct CommandLineJudge {
    let scene: Scene
    let stack: StorageStack
    /// What reads the words: dracut's mean nothing to others.
    let generator: InitramfsFacts.Generator?

    init(_ scene: Scene, _ generator: InitramfsFacts.Generator?) {
        self.scene = scene
        self.generator = generator
        stack = StorageStack(under: scene.installation.root, in: scene.storage)
    }

    var isDracut: Bool { if case .dracut = generator { true } else { false } }

    /// The parameters that are there and should not be as they are.
    func problems(_ line: KernelCommandLine) -> [CommandLineProblem] {
        let live = ofTheMedium(line)
        return [root(line), rootFlags(line), rootType(line), resume(line)].compactMap { $0 } + live
            + (isDracut ? dracutProblems(line) : [])
    }

    /// The parameters that a whole command line, the image's own words among them, has to have.
    func missing(_ line: KernelCommandLine) -> [CommandLineProblem] {
        isDracut ? dracutMissing(line) : []
    }

    /// `root=` of a line that has to have one.
    func missingRoot(_ line: KernelCommandLine) -> CommandLineProblem? {
        guard line.value(of: "root") ?? "" == "" else { return nil }
        // booster looks for the root by its partition type, and what another image knows by itself nobody can say.
        if generator == .booster || generator == .unknown { return nil }
        let symptom =
            isDracut
            ? "dracut: FATAL: No or empty root= argument" : "ALERT!  does not exist.  Dropping to a shell!"
        return CommandLineProblem(
            "no-root", old: line.contains("root") ? "root=" : nil, new: rightRoot,
            "the kernel is not told its root",
            symptom: symptom)
    }

    // By its name under /dev/mapper, as grub-mkconfig writes it: it is there as soon as device-mapper has the volume.
    private var rightRoot: String? {
        guard let root = scene.rootVolume else { return nil }
        let mapped = LogicalVolumeName(root.name)?.mapped
        return (root.kind == .logicalVolume ? mapped : FstabStep.source(root)).map { "root=" + $0 }
    }

    // MARK: root=, rootflags=, rootfstype=

    private func root(_ line: KernelCommandLine) -> CommandLineProblem? {
        guard let value = line.value(of: "root") else { return nil }
        let source = value.hasPrefix("block:") ? String(value.dropFirst(6)) : value
        guard isDevice(source) else { return nil }
        let found = scene.volumes(named: source).map(\.id)
        guard !found.contains(scene.installation.root) else { return nil }
        let isGone = found.isEmpty
        return CommandLineProblem(
            isGone ? "no-such-root" : "wrong-root", old: "root=" + value, new: rightRoot,
            "the kernel is told root=\(value), which "
                + (isGone ? "no device has" : "is not this system's root"),
            symptom: isDracut
                ? "dracut-initqueue: timeout, then Warning: \(source) does not exist"
                : "ALERT!  \(source) does not exist.  Dropping to a shell!")
    }

    // What only udev of a running system knows (by-id, by-path), what a survey has no model of, and roots that are not
    // on a disk, are not judged.
    func isDevice(_ source: String) -> Bool {
        if source.hasPrefix("/dev/disk/by-id/") || source.hasPrefix("/dev/disk/by-path/") { return false }
        if source == "/dev/nfs" || source.hasPrefix("/dev/ram") { return false }
        if source.hasPrefix("/dev/") {
            return scene.storage.models(source) || !scene.volumes(source: source).isEmpty
        }
        return ["UUID=", "LABEL=", "PARTUUID=", "PARTLABEL="].contains(where: source.hasPrefix)
    }

    private func rootFlags(_ line: KernelCommandLine) -> CommandLineProblem? {
        guard stack.filesystem == "btrfs", let value = line.value(of: "rootflags") else { return nil }
        let options = value.split(separator: ",").map(String.init)
        guard let option = options.last(where: { $0.hasPrefix("subvol=") }) else { return nil }
        let named = option.dropFirst("subvol=".count).drop { $0 == "/" }
        let own = scene.installation.subvolume ?? ""
        guard named != own else { return nil }
        let leads = scene.survey.installations.contains {
            $0.root == scene.installation.root && ($0.subvolume ?? "") == named
        }
        let right = options.map { $0 == option ? "subvol=" + (own.isEmpty ? "/" : own) : $0 }
        return CommandLineProblem(
            "wrong-subvolume", old: "rootflags=" + value, new: "rootflags=" + right.joined(separator: ","),
            leads
                ? "the subvolume \(named) is mounted as root, not \(own)"
                : "the root is to be the subvolume \(named), which is not there",
            symptom: leads ? nil : "Failed to mount the root filesystem: No such file or directory",
            stops: !leads)
    }

    private func rootType(_ line: KernelCommandLine) -> CommandLineProblem? {
        guard let value = line.value(of: "rootfstype"), let type = stack.filesystem,
            !FilesystemType.mounts(declared: value, type: type)
        else { return nil }
        return CommandLineProblem(
            "wrong-root-type", old: "rootfstype=" + value, new: "rootfstype=" + type,
            "the root is to be mounted as \(value) and is \(type)",
            symptom: "Failed to mount the root filesystem: wrong fs type")
    }

    // MARK: resume=

    // The boot goes on after the wait: initramfs-tools' for its own while, dracut's with its timeouts.
    private func resume(_ line: KernelCommandLine) -> CommandLineProblem? {
        guard let value = line.value(of: "resume"), isDevice(value) else { return nil }
        guard scene.volumes(named: value).isEmpty, !scene.isHidden(value) else { return nil }
        let right = scene.fstab.first { entry in
            entry.type == "swap" && !scene.volumes(named: entry.source).isEmpty
        }
        return CommandLineProblem(
            "no-such-resume", old: "resume=" + value, new: right.map { "resume=" + $0.source },
            "the kernel is told resume=\(value), which no device has",
            symptom: "Gave up waiting for suspend/resume device", stops: false)
    }

    // MARK: words of a live medium

    private func ofTheMedium(_ line: KernelCommandLine) -> [CommandLineProblem] {
        line.parameters.compactMap { parameter in
            let value = parameter.value ?? ""
            let isBootScript = parameter.name == "boot" && ["live", "casper"].contains(value)
            let isLive =
                isBootScript || ["inst.", "rd.live.", "archiso"].contains(where: parameter.name.hasPrefix)
                || parameter.name == "root" && value.hasPrefix("live:")
            guard isLive else { return nil }
            let word = parameter.value.map { parameter.name + "=" + $0 } ?? parameter.name
            let isRoot = parameter.name == "root"
            // initramfs-tools runs the script that boot= names; the other words only a live medium's image reads.
            return CommandLineProblem(
                "of-the-medium", old: word, new: isRoot ? rightRoot : nil,
                "\(word) is a word of a live medium's command line, not of this system's",
                symptom: isBootScript || isRoot ? "the initramfs looks for a live medium" : nil,
                stops: isBootScript || isRoot)
        }
    }
}
