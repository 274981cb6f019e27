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
    let stack: StorageStack

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

    /// `words` are those that images alone say wrongly, of whichever kernel.
    func findings(_ words: [CommandLines.Wrong]) -> [Finding] {
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
        let gaps = missingInit + missingTools + missingModules + missingDrivers + missingActivation
        let own =
            gaps.isEmpty ? (facts.damage.map { [damaged($0, .warning)] } ?? staleCopies) + wrong(words) : gaps
        return own + [degraded].compactMap { $0 }
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

    var waitsForRoot: String {
        let root = scene.rootOnCommandLine
        switch facts.generator {
        case .dracut:
            let gaveUp = "dracut-initqueue: timeout, then Warning: \(root) does not exist"
            // Only these bring the queue that gives up one day (module-setup.sh, dracut_need_initqueue;
            // dracut-initqueue.service); without it systemd waits on, unless the image was made to wait for more.
            let isQueued = ["mdraid", "lvm", "crypt"].contains(where: facts.dracutModules.contains)
            return isQueued || !facts.dracutModules.contains("systemd")
                ? gaveUp : "A start job is running for \(root) (no limit), or " + gaveUp
        default: return "ALERT!  \(root) does not exist.  Dropping to a shell!"
        }
    }

    func evidence(seen: String, expected: String? = nil) -> Evidence {
        Evidence(path: scene.bootPath(image.file), seen: seen, expected: expected)
    }

    func finding(
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
