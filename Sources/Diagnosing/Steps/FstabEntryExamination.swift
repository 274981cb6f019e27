import BootFiles
import LibMount
import Storage
import Surveying

/// One line of fstab held against the disks.
struct FstabEntryExamination {
    /// What is wrong with it, and the edit that puts it right where that is known.
    struct Problem {
        var finding: Finding
        var line: Int
        var target: String
        var edit: (field: FstabText.Field, value: String)?
    }

    private let entry: FstabEntry
    private let scene: Scene

    init(_ entry: FstabEntry, _ scene: Scene) {
        self.entry = entry
        self.scene = scene
    }

    var problems: [Problem] {
        guard entry.isLocalDevice, !entry.isNoauto, !isOfTheKernel else { return [] }
        let volumes = named
        guard !volumes.isEmpty else { return isGone ? [noSuchDevice] : [] }
        if volumes.count > 1 { return [ambiguous(volumes)] }
        if let holdsNone = notAFilesystem(volumes[0]) { return [holdsNone] }
        if let other = misplaced(volumes[0]) { return [other] }
        return [wrongType(volumes[0]), mountedOtherwise(volumes[0])].compactMap(\.self)
    }

    // By an array's name: mdadm-conf answers for the name, this step for the array behind it.
    private var named: [Volume] { scene.volumes(named: entry.source) }

    /// The boot needs it, and whether it is there could not be told.
    var isUntold: Bool { stops && named.isEmpty && !isGone && !isShown && !isOfTheKernel }

    // The root is mounted by the initramfs already, and no unit waits for its device again (systemd,
    // mount_add_device_dependencies).
    private var stops: Bool { entry.mustMount && !isRoot }

    private var isRoot: Bool { entry.target == "/" }

    // What the command line calls the root; nothing waits for it (systemd, mount_add_device_dependencies).
    private var isOfTheKernel: Bool { ["/dev/root", "/dev/nfs"].contains(entry.source) }

    var whyUntold: String {
        scene.isHidden(entry.source)
            ? "\(entry.source) may lie in a container that is locked"
            : "whether \(entry.source) is there cannot be told from the disks"
    }

    // A device that only a running system has (multipath, bcache, by-path) cannot be judged from disks.
    private var isGone: Bool {
        guard named.isEmpty, !scene.isHidden(entry.source) else { return false }
        return scene.storage.models(device) && (right != nil || !scene.storage.mayHide(device))
    }

    /// What is waited for: of a volume that crypttab(5) opens, the container.
    private var device: String {
        let containers = Crypttab(parsing: scene.installation.crypttab?.text ?? "").entries
        return containers.last { entry.source == "/dev/mapper/" + $0.name }?.source ?? entry.source
    }

    private var isShown: Bool {
        let isMounted = scene.survey.mounted?.contains { $0.target == entry.target } ?? false
        return scene.installation.runsHere && isMounted || scene.storage.hasDisk(linked: device)
    }

    private var noSuchDevice: Problem {
        let severity: Finding.Severity = stops ? .blocker : isRoot || entry.isSwap ? .warning : .note
        let correction = right.flatMap(FstabStep.source)
        var edit: (field: FstabText.Field, value: String)? = correction.map { (.source, $0) }
        // Data that is gone is no reason to stop a boot; what the system itself is made of is (systemd.mount(5)).
        if edit == nil, entry.mustMount, !entry.isOfTheSystem {
            edit = (.options, entry.options.text + ",nofail")
        }
        return problem(
            "no-such-device", severity,
            "\(entry.place) waits for \(entry.source), which no device has",
            symptom: stops
                ? FstabStep.waiting(for: entry.source)
                : isRoot ? "Failed to start systemd-remount-fs.service, and the root stays read-only" : nil,
            seen: entry.source,
            expected: correction ?? edit.map { "\($0.value), so that the boot goes on without it" }, edit)
    }

    private func ambiguous(_ volumes: [Volume]) -> Problem {
        let names = volumes.map(\.name).joined(separator: " and ")
        // A logical volume has a path that nothing else has.
        let path = right.flatMap { $0.kind == .logicalVolume ? $0.name : nil }
        return problem(
            "ambiguous", .warning, "\(entry.target) is named by \(entry.source), which \(names) both have",
            symptom: "whichever of them is found first is mounted", seen: entry.source, expected: path,
            path.map { (.source, $0) })
    }

    /// What the device holds mounts as nothing: a member of an array, a PV, a container, or no signature at all.
    private func notAFilesystem(_ volume: Volume) -> Problem? {
        guard volume.isReadable, !entry.isSwap, volume.signature?.usage != "filesystem" else { return nil }
        let array = scene.storage.arrayHolding(volume.id)
        let what =
            array.flatMap { scene.storage.volume($0.id) }.map { "a member of \($0.name)" }
            ?? volume.signature.map { "which holds no filesystem but \($0.type)" } ?? "which is empty"
        let correction =
            right.flatMap(FstabStep.source)
            ?? array.flatMap { scene.storage.volume($0.id) }.flatMap(FstabStep.source)
        return problem(
            array == nil ? "no-filesystem" : "member", stops ? .blocker : isRoot ? .warning : .note,
            "\(entry.target) is mounted from \(entry.source), \(what)",
            symptom: stops
                ? "mount: \(entry.target): unknown filesystem type or already mounted, then emergency mode"
                : nil, seen: entry.source, expected: correction, correction.map { (.source, $0) })
    }

    /// The source resolves, but not to what belongs there.
    private func misplaced(_ volume: Volume) -> Problem? {
        guard !entry.isSwap, let right, volume.id != right.id, let correction = FstabStep.source(right) else {
            return nil
        }
        return problem(
            "wrong-device", .warning,
            "\(entry.target) is mounted from \(volume.name), not from \(right.name)",
            symptom: "it boots, but what is written to \(entry.target) never reaches \(right.name)",
            seen: entry.source, expected: correction, (.source, correction))
    }

    // The type of the root is not asked again either (systemd-remount-fs(8)).
    private func wrongType(_ volume: Volume) -> Problem? {
        guard let type = volume.signature?.type, !FilesystemType.mounts(declared: entry.type, type: type)
        else { return nil }
        return problem(
            "wrong-type", stops ? .blocker : .warning,
            "\(entry.target) is declared \(entry.type), and \(volume.name) is \(type)",
            symptom: stops
                ? "mount: \(entry.target): wrong fs type, bad option, bad superblock, then emergency mode"
                : nil, seen: entry.type, expected: type, (.type, type))
    }

    /// The running system shows something else there, or nothing, than the next boot will.
    private func mountedOtherwise(_ volume: Volume) -> Problem? {
        guard scene.installation.runsHere, !entry.isSwap, let mounted = scene.survey.mounted else {
            return nil
        }
        let now = mounted.last { $0.target == entry.target }
        guard now?.volume != volume.id else { return nil }
        let name = now.flatMap { scene.storage.volume($0.volume)?.name } ?? "not mounted"
        return problem(
            "mounted-otherwise", .note,
            now == nil
                ? "\(entry.target) is not mounted now; what is written there is hidden after the next boot"
                : "\(entry.target) is \(name) now, and will be \(volume.name) after the next boot",
            seen: name, expected: volume.name)
    }

    // MARK: what it should be

    private var right: Volume? {
        switch entry.target {
        case "/": scene.rootVolume
        case "/boot": scene.boot.flatMap { $0.path.isEmpty ? scene.bootVolume : nil }
        default: entry.isSwap ? loneSwap : nil
        }
    }

    // The one swap that is there, when no other line of fstab names it.
    private var loneSwap: Volume? {
        let swaps = scene.storage.volumes.filter { $0.signature?.type == "swap" && $0.kind != .disk }
        guard swaps.count == 1, let swap = swaps.first else { return nil }
        let isTaken = scene.fstab.contains {
            scene.volumes(source: $0.source).contains { $0.id == swap.id }
        }
        return isTaken ? nil : swap
    }

    private func problem(
        _ word: String, _ severity: Finding.Severity, _ summary: String, symptom: String? = nil, seen: String,
        expected: String? = nil, _ edit: (field: FstabText.Field, value: String)? = nil
    ) -> Problem {
        let finding = Finding(
            id: "fstab.\(word)", step: FstabStep.id, severity: severity, summary: summary, symptom: symptom,
            evidence: [Evidence(path: "/etc/fstab", line: entry.line, seen: seen, expected: expected)])
        return Problem(finding: finding, line: entry.line, target: entry.target, edit: edit)
    }
}
