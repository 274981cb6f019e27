import BootFiles
import Bytes
import Changes
import Storage
import Surveying

/// One kernel's image held against the storage under root.
struct InitramfsExamination {
    let scene: Scene
    let kernel: String
    let image: BootDirectory.Image
    let facts: InitramfsFacts
    /// GRUB starts this kernel by itself.
    let startsFirst: Bool
    private let stack: StorageStack

    init(
        _ scene: Scene, _ kernel: String, _ image: BootDirectory.Image, _ facts: InitramfsFacts,
        startsFirst: Bool
    ) {
        self.scene = scene
        self.kernel = kernel
        self.image = image
        self.facts = facts
        self.startsFirst = startsFirst
        stack = StorageStack(under: scene.installation.root, in: scene.storage)
    }

    var findings: [Finding] {
        if let damage = facts.damage, damage.stopsUnpacking { return [damaged(damage, .blocker)] }
        if let refused { return [refused] }
        if facts.notLookedInto != nil { return [] }
        if !facts.kernelVersions.isEmpty && !facts.kernelVersions.contains(kernel) {
            return [
                finding(
                    "other-kernel", "the initramfs of \(kernel) was made for \(facts.kernelVersions[0])",
                    waitsForRoot,
                    .blocker,
                    evidence(
                        seen: "lib/modules/" + facts.kernelVersions[0], expected: "lib/modules/" + kernel))
            ]
        }
        let degraded = DegradedActivation.finding(scene, kernel, facts, stack, startsFirst: startsFirst)
        let gaps = missingTools + missingModules
        let own = gaps.isEmpty ? facts.damage.map { [damaged($0, .warning)] } ?? staleConf : gaps
        return own + [degraded].compactMap { $0 }
    }

    // MARK: What it has to hold

    private var missingTools: [Finding] {
        var needed: [(program: String, why: String)] = []
        if !stack.logicalVolumes.isEmpty { needed.append(("lvm", "the root is on LVM")) }
        if !stack.arrays.isEmpty { needed.append(("mdadm", "the root is on an MD array")) }
        if !stack.containers.isEmpty && !facts.programs.contains("systemd-cryptsetup") {
            needed.append(("cryptsetup", "the root is encrypted"))
        }
        return needed.filter { !facts.programs.contains($0.program) }.map { need in
            finding(
                "tool-missing", "\(need.why), but the initramfs of \(kernel) has no \(need.program)",
                waitsForRoot,
                .blocker, evidence(seen: "no \(need.program)", expected: need.program))
        }
    }

    private var missingModules: [Finding] {
        let builtIn = Set(scene.installation.builtIn[kernel] ?? [])
        let missing = neededModules.filter { need in
            let name = need.module.replacing("-", with: "_")
            return !facts.has(module: need.module) && !builtIn.contains(name)
        }
        let broken = neededModules.filter { facts.has(module: $0.module) }
            .flatMap { facts.closure(of: $0.module) }
            .filter { !builtIn.contains($0.replacing("-", with: "_")) }
        guard !missing.isEmpty || !broken.isEmpty else { return [] }
        let names = Array(Set(missing.map(\.module) + broken)).sorted()
        return [
            finding(
                "module-missing",
                "the initramfs of \(kernel) lacks \(names.joined(separator: ", "))"
                    + (missing.first.map { ": \($0.why)" } ?? ""),
                waitsForRoot, .blocker,
                evidence(
                    seen: "no " + names.joined(separator: ", no "), expected: names.joined(separator: ", ")))
        ]
    }

    private var neededModules: [(module: String, why: String)] {
        var needed: [(module: String, why: String)] = []
        if !stack.logicalVolumes.isEmpty { needed.append(("dm-mod", "the root is on LVM")) }
        for type in stack.segmentTypes.sorted() {
            switch type {
            case "raid1":
                needed += [("dm-raid", "the root is a raid1 LV"), ("raid1", "the root is a raid1 LV")]
            case "mirror": needed.append(("dm-mirror", "the root is a mirrored LV"))
            default: continue
            }
        }
        if stack.arrays.contains(where: { $0.level == 1 }) {
            needed.append(("raid1", "the root is on an MD raid1"))
        }
        if !stack.containers.isEmpty { needed.append(("dm-crypt", "the root is encrypted")) }
        switch stack.filesystem {
        case "ext2", "ext3", "ext4": needed.append(("ext4", "the root is \(stack.filesystem ?? "")"))
        case "xfs": needed.append(("xfs", "the root is xfs"))
        case "btrfs": needed.append(("btrfs", "the root is btrfs"))
        default: break
        }
        return needed
    }

    // A copy of a file that is right in the root and is not in the image: the image was not rebuilt since. Where the
    // file itself is wrong, mdadm-conf answers for both.
    private var staleConf: [Finding] {
        guard scene.arrays.isRight, let copy = facts.mdadmConfs.sorted(by: { $0.key < $1.key }).first else {
            return []
        }
        let confs = facts.mdadmConfs.values.map { MdadmConf(parsing: $0) }
        let stale = scene.arrays.uses.filter { use in !confs.contains { ArrayNaming.isNamed(use, in: $0) } }
        guard let first = stale.first else { return [] }
        let needed = stale.contains(where: \.isNeededByName)
        let seen =
            confs.flatMap(\.arrays).compactMap(\.uuid).first.map { "UUID=" + $0 } ?? "no ARRAY line for it"
        return [
            finding(
                "stale-mdadm-conf", "the initramfs of \(kernel) holds an older mdadm.conf than the root",
                needed ? "Timed out waiting for device \(first.device), then emergency mode" : nil,
                needed ? .blocker : .warning,
                Evidence(
                    path: scene.bootPath(image.file) + ":" + copy.key, seen: seen,
                    expected: "UUID=\(first.array.uuid)"))
        ]
    }

    // MARK: How it is said

    private func damaged(_ damage: InitramfsFacts.Damage, _ severity: Finding.Severity) -> Finding {
        finding(
            "damaged", "the initramfs of \(kernel) is not whole: \(damage.reason)",
            severity == .blocker
                ? "Initramfs unpacking failed, then Kernel panic: Unable to mount root fs" : nil,
            severity, evidence(seen: "damaged at byte \(damage.offset): \(damage.reason)"))
    }

    // Whole, and of a kind that no kernel unpacks: what a repacking by hand leaves (lib/decompress.c).
    private var refused: Finding? {
        guard let segment = facts.segments.first(where: { $0.refused != nil }), let reason = segment.refused
        else { return nil }
        return finding(
            "refused", "the kernel does not unpack the initramfs of \(kernel): \(reason)",
            "Initramfs unpacking failed, then Kernel panic: Unable to mount root fs", .blocker,
            evidence(seen: "\(segment.compression) at byte \(segment.offset)", expected: reason))
    }

    private var waitsForRoot: String {
        let root = scene.rootOnCommandLine
        switch facts.generator {
        case .dracut: return "dracut-initqueue: timeout, then Warning: \(root) does not exist"
        default: return "ALERT!  \(root) does not exist.  Dropping to a shell!"
        }
    }

    private func evidence(seen: String, expected: String? = nil) -> Evidence {
        Evidence(path: scene.bootPath(image.file), seen: seen, expected: expected)
    }

    private func finding(
        _ word: String, _ summary: String, _ symptom: String?, _ severity: Finding.Severity,
        _ evidence: Evidence
    ) -> Finding {
        Finding(
            id: "initramfs.\(word)", step: InitramfsStep.id,
            severity: startsFirst ? severity : .warning, summary: summary, symptom: symptom,
            evidence: [evidence],
            remedies: [InitramfsStep.rebuild(kernel, scene)])
    }
}

extension InitramfsFacts.Damage {
    /// The kernel gives the image up. What it read before trailing garbage or a missing trailer it keeps and starts
    /// (init/initramfs.c).
    var stopsUnpacking: Bool {
        switch kind {
        case .empty, .truncated, .corrupt: true
        case .noTrailer, .trailing, .unreadable: false
        }
    }
}
