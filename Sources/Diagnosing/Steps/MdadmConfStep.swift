import BootFiles
import Changes
import Storage
import Surveying

/// mdadm.conf: each array in use has its line, with its true UUID.
enum MdadmConfStep: MigrationStep {
    static let id = StepID.mdadmConf

    static func examine(_ scene: Scene) -> Examination {
        guard !scene.arrays.uses.isEmpty else {
            return Examination(.notApplicable, reason: "the installation uses no MD array")
        }
        guard !scene.installation.readUnreplayed else { return Examination(.unknown, reason: "dirty-log") }
        let wrong = scene.arrays.uses.filter { !$0.isRight }
        guard !wrong.isEmpty else { return Examination(.done, reason: proof(scene)) }
        let remedy = correction(scene)
        let findings = wrong.map { finding($0, scene, remedy) }
        let neverDone = wrong.allSatisfy { if case .missing = $0.standing { true } else { false } }
        return Examination(neverDone ? .skipped : .stale, findings: findings)
    }

    private static func proof(_ scene: Scene) -> String {
        scene.arrays.uses.map { use in
            guard case .named(let line, _) = use.standing else { return use.device }
            return "\(path(scene)):\(line) names \(use.device)"
        }.joined(separator: "; ")
    }

    static func redo(_ scene: Scene) -> [Remedy] { scene.arrays.uses.isEmpty ? [] : [correction(scene)] }

    private static func finding(_ use: ArrayNaming.Use, _ scene: Scene, _ remedy: Remedy) -> Finding {
        let path = path(scene)
        let expected = "ARRAY \(use.device) … UUID=\(use.array.uuid)"
        let severity: Finding.Severity = use.isNeededByName ? .blocker : .warning
        let symptom =
            use.isNeededByName ? "Timed out waiting for device \(use.device), then emergency mode" : nil
        let word: String
        let summary: String
        let evidence: Evidence
        switch use.standing {
        case .stale(let line, let device, let uuid):
            word = "stale-uuid"
            summary = "\(device) is named by a UUID that no array has; the array comes up under another name"
            evidence = Evidence(
                path: path, line: line, seen: "UUID=\(uuid)", expected: "UUID=\(use.array.uuid)")
        case .hidden(let line):
            word = "hidden"
            summary = "the array \(use.device) is hidden by <ignore>"
            evidence = Evidence(path: path, line: line, seen: "ARRAY <ignore>", expected: expected)
        case .missing, .named:
            word = "missing"
            summary = "the array \(use.device) has no ARRAY line; it comes up under another name"
            evidence = Evidence(
                path: path, seen: scene.arrays.hasFile ? "no ARRAY line for it" : "no such file",
                expected: expected)
        }
        let members = use.array.members.map { member in
            Evidence(
                device: member.device.rawValue, offset: member.superblock.offset,
                seen: "superblock \(use.array.version), array UUID \(use.array.uuid)")
        }
        return Finding(
            id: "mdadm-conf.\(word)", step: id, severity: severity, summary: summary, symptom: symptom,
            evidence: [evidence] + members, remedies: [remedy])
    }

    // The images carry a copy of the file: it is corrected in them as well, or the name is wrong as early as there.
    private static func correction(_ scene: Scene) -> Remedy {
        let path = path(scene)
        let write = Change.writeFile(
            path: path, text: scene.arrays.correctedText, was: scene.installation.mdadmConf?.text, mode: 0o644
        )
        return Remedy(
            step: id, title: "Write the arrays' true UUIDs into \(path)",
            changes: [write] + InitramfsStep.rebuildsOfImagesWithArrays(scene))
    }

    // The one that was read: mdadm looks in both places, whatever the distribution (mdadm.conf(5)).
    private static func path(_ scene: Scene) -> String {
        scene.installation.mdadmConf?.path ?? scene.distribution.mdadmConfPath
    }
}
