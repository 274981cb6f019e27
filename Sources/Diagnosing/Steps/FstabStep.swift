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
        var findings = problems.map(\.finding)
        if let remedy = correction(of: problems, file) {
            for (index, problem) in problems.enumerated() where problem.edit != nil {
                findings[index].remedies = [remedy]
            }
        }
        if findings.contains(where: { $0.severity != .note }) {
            return Examination(.stale, findings: findings)
        }
        guard let untold = examinations.first(where: \.isUntold) else {
            return Examination(.done, findings: findings)
        }
        return Examination(
            .unknown, reason: "\(untold.source) may lie in a container that is locked", findings: findings)
    }

    // A right fstab has nothing to be written again.
    static func redo(_ scene: Scene) -> [Remedy] { examine(scene).findings.flatMap(\.remedies) }

    // One text with every wrong line put right; all else in it stays as it is.
    private static func correction(
        of problems: [FstabEntryExamination.Problem], _ file: Installation.TextFile
    ) -> Remedy? {
        let wrong = problems.filter { $0.edit != nil && $0.finding.severity != .note }
        var text = file.text
        for case let (line, edit?) in wrong.map({ ($0.line, $0.edit) }) {
            text = FstabText.replacing(edit.field, onLine: line, with: edit.value, in: text) ?? text
        }
        guard text != file.text else { return nil }
        var targets: [String] = []
        for problem in wrong where !targets.contains(problem.target) { targets.append(problem.target) }
        let what = wrong.allSatisfy { $0.edit?.field == .source } ? "the device" : "the line"
        return Remedy(
            step: id, title: "Correct \(what) of \(targets.joined(separator: ", ")) in /etc/fstab",
            changes: [.writeFile(path: file.path, text: text, was: file.text, mode: 0o644)])
    }

    /// How fstab and the command line name a volume, whatever number it gets.
    static func source(_ volume: Volume) -> String? {
        if volume.kind == .logicalVolume { return volume.name }
        return volume.signature?.uuid.map { "UUID=" + $0 }
    }
}
