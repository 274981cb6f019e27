import BootFiles
import Changes
import LibMount
import Storage
import Surveying

/// fstab: every entry needed to boot leads to the device that is really there, and to a filesystem that mounts.
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
        let examinations = scene.fstab.map { FstabEntryExamination($0, scene) }
        let problems = examinations.flatMap(\.problems)
        let line = lostBootLine(scene)
        var findings = problems.map(\.finding) + (line.map { [noBootLine($0, file.path, scene)] } ?? [])
        if let remedy = correction(of: problems, adding: line, file) {
            for index in findings.indices where index >= problems.count || problems[index].edit != nil {
                findings[index].remedies = [remedy]
            }
        }
        findings += brokenLines(file)
        if findings.contains(where: { $0.severity != .note }) {
            return Examination(.stale, findings: findings)
        }
        guard let untold = examinations.first(where: \.isUntold) else {
            return Examination(.done, reason: proof(scene), findings: findings)
        }
        return Examination(.unknown, reason: untold.whyUntold, findings: findings)
    }

    private static func proof(_ scene: Scene) -> String {
        let lines = scene.fstab.filter { $0.isLocalDevice && ($0.mustMount || $0.isSwap) }
        let places = lines.compactMap { entry in
            let volume = scene.volumes(named: entry.source).first
            return volume.map { "\(entry.place) is \($0.name)" }
        }
        return places.isEmpty ? "no line waits for a disk" : places.joined(separator: ", ")
    }

    // mount(8) passes over a line that it cannot read; what was meant by it only the person knows.
    private static func brokenLines(_ file: Installation.TextFile) -> [Finding] {
        Fstab(parsing: file.text).broken.prefix(5).map { broken in
            Finding(
                id: "fstab.unreadable-line", step: id, severity: .warning,
                summary: "line \(broken.line) of /etc/fstab cannot be read, and nothing is mounted by it",
                symptom: "mount: /etc/fstab: parse error at line \(broken.line) -- ignored",
                evidence: [Evidence(path: file.path, line: broken.line, seen: broken.text)],
                remedies: [
                    .byHand(
                        id, title: "Correct line \(broken.line) of /etc/fstab", lines: ["vi \(file.path)"],
                        why: "what it is to mount only you know")
                ])
        }
    }

    /// The line of /boot that is not there, where the root's own /boot holds no kernel. systemd mounts a partition of
    /// the type XBOOTLDR without one (systemd-gpt-auto-generator(8)).
    private static func lostBootLine(_ scene: Scene) -> String? {
        guard scene.entry(mountedAt: "/boot") == nil, scene.boot?.path.isEmpty ?? false,
            let volume = scene.bootVolume, let source = source(volume), let type = volume.signature?.type,
            !scene.storage.disks.contains(where: { disk in
                disk.table?.partitions.contains { $0.id == volume.id && $0.type == extendedBoot } ?? false
            })
        else { return nil }
        return "\(source) /boot \(type) defaults 0 2"
    }

    private static func noBootLine(_ line: String, _ path: String, _ scene: Scene) -> Finding {
        let name = scene.bootVolume?.name ?? "a filesystem"
        return Finding(
            id: "fstab.no-boot-line", step: id, severity: .warning,
            summary: "\(name) holds this system's kernels, and fstab does not mount it at /boot",
            symptom: "it boots, but the next kernel goes where GRUB never looks",
            evidence: [Evidence(path: path, seen: "no line for /boot", expected: line)])
    }

    private static let extendedBoot = "bc13c2ff-59e6-4262-a352-b275fd6f7172"

    // A right fstab has nothing to be written again.
    static func redo(_ scene: Scene) -> [Remedy] { examine(scene).findings.flatMap(\.remedies) }

    // One text with every wrong line put right; all else in it stays as it is.
    private static func correction(
        of problems: [FstabEntryExamination.Problem], adding line: String?, _ file: Installation.TextFile
    ) -> Remedy? {
        let wrong = problems.filter { $0.edit != nil && $0.finding.severity != .note }
        var text = file.text
        for case let (line, edit?) in wrong.map({ ($0.line, $0.edit) }) {
            text = FstabText.replacing(edit.field, onLine: line, with: edit.value, in: text) ?? text
        }
        if let line {
            text += (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + line + "\n"
        }
        guard text != file.text else { return nil }
        var targets = line.map { _ in ["/boot"] } ?? []
        for problem in wrong where !targets.contains(problem.target) { targets.append(problem.target) }
        let what = line == nil && wrong.allSatisfy { $0.edit?.field == .source } ? "the device" : "the line"
        return Remedy(
            step: id, title: "Correct \(what) of \(targets.joined(separator: ", ")) in /etc/fstab",
            changes: [.writeFile(path: file.path, text: text, was: file.text, mode: 0o644)])
    }

    /// What the console shows where something in fstab does not come.
    static func waiting(for source: String) -> String {
        "Timed out waiting for device \(source), then emergency mode"
    }

    /// How fstab and the command line name a volume, whatever number it gets.
    static func source(_ volume: Volume) -> String? {
        if volume.kind == .logicalVolume { return volume.name }
        return volume.signature?.uuid.map { "UUID=" + $0 }
    }
}
