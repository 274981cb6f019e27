import BootFiles
import Changes
import LibMount
import Storage
import Surveying

/// fstab: every entry needed to boot leads to the device that is really there.
enum FstabStep: MigrationStep {
    static let id = StepID.fstab

    static func examine(_ scene: Scene) -> Examination {
        guard !scene.installation.readUnreplayed else { return Examination(.unknown, reason: "dirty-log") }
        guard let file = scene.installation.fstab else {
            let finding = Finding(
                id: "fstab.missing", step: id, severity: .warning, summary: "there is no /etc/fstab",
                evidence: [Evidence(path: "/etc/fstab", seen: "no such file")])
            return Examination(.skipped, findings: [finding])
        }
        var findings: [Finding] = []
        var text = file.text
        for entry in scene.fstab {
            guard let problem = problem(of: entry, scene) else { continue }
            findings.append(problem.finding)
            if let source = problem.correction {
                text = FstabText.replacingSource(onLine: entry.line, with: source, in: text) ?? text
            }
        }
        guard findings.contains(where: { $0.severity != .note }) else {
            return Examination(.done, findings: findings)
        }
        if text != file.text {
            let remedy = Remedy(
                step: id, title: "Correct the device of " + corrected(findings) + " in /etc/fstab",
                changes: [.writeFile(path: file.path, text: text, was: file.text, mode: 0o644)])
            for index in findings.indices
            where findings[index].evidence.contains(where: { $0.expected != nil }) {
                findings[index].remedies = [remedy]
            }
        }
        return Examination(.stale, findings: findings)
    }

    // A right fstab has nothing to be written again.
    static func redo(_ scene: Scene) -> [Remedy] { examine(scene).findings.flatMap(\.remedies) }

    private static func corrected(_ findings: [Finding]) -> String {
        let targets = findings.filter { $0.evidence.contains { $0.expected != nil } }
            .compactMap { $0.summary.split(separator: " ").first.map(String.init) }
        return targets.joined(separator: ", ")
    }

    private struct Problem {
        var finding: Finding
        /// The source that the line should have, where that is known.
        var correction: String?
    }

    private static func problem(of entry: FstabEntry, _ scene: Scene) -> Problem? {
        guard entry.isLocalDevice, !entry.isNoauto else { return nil }
        // Named by an array: mdadm-conf answers for the name, this step for the array behind it.
        if let array = scene.arrays.array(named: entry.source) {
            return misplaced(entry, [array.id], scene)
        }
        let volumes = scene.storage.volumes(source: entry.source)
        guard volumes.isEmpty else { return misplaced(entry, volumes.map(\.id), scene) }
        // A device path that only a running system gives (multipath, by-id) cannot be judged from disks.
        if entry.source.hasPrefix("/dev/disk/by-id/") || entry.source.hasPrefix("/dev/disk/by-path/") {
            return nil
        }
        let correction = right(for: entry, scene)
        let isSwap = entry.type == "swap"
        let severity: Finding.Severity = entry.mustMount && !isSwap ? .blocker : isSwap ? .warning : .note
        return Problem(
            finding: Finding(
                id: "fstab.no-such-device", step: id, severity: severity,
                summary: "\(entry.target) waits for \(entry.source), which no device has",
                symptom: severity == .blocker
                    ? "Timed out waiting for device \(entry.source), then emergency mode" : nil,
                evidence: [
                    Evidence(path: "/etc/fstab", line: entry.line, seen: entry.source, expected: correction)
                ]),
            correction: correction)
    }

    /// The source resolves, but not to what belongs there.
    private static func misplaced(_ entry: FstabEntry, _ volumes: [VolumeID], _ scene: Scene) -> Problem? {
        let right: VolumeID? =
            switch entry.target {
            case "/": scene.installation.root
            case "/boot": scene.boot.flatMap { $0.path.isEmpty ? $0.volume : nil }
            default: nil
            }
        guard let right, !volumes.contains(right), let correction = self.right(for: entry, scene) else {
            return nil
        }
        let names = volumes.compactMap { scene.storage.volume($0)?.name }.joined(separator: ", ")
        let truth = scene.storage.volume(right)?.name ?? right.rawValue
        return Problem(
            finding: Finding(
                id: "fstab.wrong-device", step: id, severity: .warning,
                summary: "\(entry.target) is mounted from \(names), not from \(truth)",
                symptom: "it boots, but what is written to \(entry.target) never reaches \(truth)",
                evidence: [
                    Evidence(path: "/etc/fstab", line: entry.line, seen: entry.source, expected: correction)
                ]),
            correction: correction)
    }

    private static func right(for entry: FstabEntry, _ scene: Scene) -> String? {
        switch entry.target {
        case "/": scene.rootVolume.flatMap(source)
        case "/boot": scene.boot.flatMap { $0.path.isEmpty ? scene.bootVolume.flatMap(source) : nil }
        default: entry.type == "swap" ? loneSwap(scene) : nil
        }
    }

    // The one swap that is there, when no other line of fstab names it.
    private static func loneSwap(_ scene: Scene) -> String? {
        let swaps = scene.storage.volumes.filter { $0.signature?.type == "swap" && $0.kind != .disk }
        guard swaps.count == 1, let swap = swaps.first else { return nil }
        let taken = scene.fstab.contains {
            scene.storage.volumes(source: $0.source).contains { $0.id == swap.id }
        }
        return taken ? nil : source(swap)
    }

    /// How fstab and the command line name a volume, whatever number it gets.
    static func source(_ volume: Volume) -> String? {
        if volume.kind == .logicalVolume { return volume.name }
        return volume.signature?.uuid.map { "UUID=" + $0 }
    }
}
