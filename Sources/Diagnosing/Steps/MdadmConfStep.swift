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
        let image = InitramfsExamination(first: scene)
        let copy = image?.mdadmConfCopy
        let findings = wrong.flatMap { use in
            let outcome = image?.outcome(of: use, by: copy)
            let keepsName = keepsName(use, outcome, scene)
            let symptom = stop(use, keepsName, image, outcome, scene)
            return (use.isNamed ? [] : [finding(use, keepsName, symptom, scene, remedy)])
                + (use.exclusion.map { [exclusion($0, of: use, $0.isWhole ? symptom : nil, remedy)] } ?? [])
        }
        let neverDone = wrong.allSatisfy { use in
            if case .missing = use.standing { use.exclusion == nil } else { false }
        }
        return Examination(neverDone ? .skipped : .stale, findings: findings)
    }

    private static func proof(_ scene: Scene) -> String {
        scene.arrays.uses.map { use in
            guard case .named(let place, _) = use.standing else { return use.device }
            return "\(place.path):\(place.line) names \(use.device)"
        }.joined(separator: "; ")
    }

    static func redo(_ scene: Scene) -> [Remedy] { scene.arrays.uses.isEmpty ? [] : [correction(scene)] }

    private static func finding(
        _ use: ArrayNaming.Use, _ keepsName: Bool, _ symptom: String?, _ scene: Scene, _ remedy: Remedy
    ) -> Finding {
        let expected = "ARRAY \(use.device) … UUID=\(use.array.uuid)"
        let name =
            keepsName
            ? "; the array has its name from elsewhere for now" : "; the array comes up under another name"
        switch use.standing {
        case .stale(let place, let device, let uuid):
            return finding(
                "stale-uuid",
                "\(device) is named by a UUID that no array has" + name, use,
                Evidence(
                    path: place.path, line: place.line, seen: "UUID=\(uuid)",
                    expected: "UUID=\(use.array.uuid)"), symptom, remedy)
        case .hidden(let place):
            return finding(
                "hidden", "the array \(use.device) is hidden by <ignore>", use,
                Evidence(path: place.path, line: place.line, seen: "ARRAY <ignore>", expected: expected),
                symptom, remedy)
        case .missing, .named:
            return finding(
                "missing", "the array \(use.device) has no ARRAY line" + name, use,
                Evidence(
                    path: path(scene), seen: scene.arrays.hasFile ? "no ARRAY line for it" : "no such file",
                    expected: expected), symptom, remedy)
        }
    }

    private static func exclusion(
        _ line: ArrayNaming.Exclusion, of use: ArrayNaming.Use, _ symptom: String?, _ remedy: Remedy
    ) -> Finding {
        let evidence = Evidence(
            path: line.place.path, line: line.place.line,
            seen: "DEVICE " + line.words.joined(separator: " "), expected: ArrayNaming.Exclusion.right)
        return finding(
            "hidden", "a DEVICE line hides members of the array \(use.device) from mdadm", use, evidence,
            symptom, remedy)
    }

    private static func finding(
        _ word: String, _ summary: String, _ use: ArrayNaming.Use, _ evidence: Evidence, _ symptom: String?,
        _ remedy: Remedy
    ) -> Finding {
        let members = use.array.members.map { member in
            Evidence(
                device: member.device.rawValue, offset: member.superblock.offset,
                seen: "superblock \(use.array.version), array UUID \(use.array.uuid)")
        }
        return Finding(
            id: "mdadm-conf.\(word)", step: id, severity: symptom == nil ? .warning : .blocker,
            summary: summary, symptom: symptom, evidence: [evidence] + members, remedies: [remedy])
    }

    // What the console shows where the boot stops at the array. One that comes up under another name stops it only where
    // fstab goes by that; one that is hidden, wherever something that lies on it is waited for, unless the image brings
    // it up: what runs is not taken apart again (Incremental.c: "not permitted by mdadm.conf", "explicitly ignored").
    private static func stop(
        _ use: ArrayNaming.Use, _ keepsName: Bool, _ image: InitramfsExamination?,
        _ outcome: MdadmConfCopy.Outcome?, _ scene: Scene
    ) -> String? {
        let named = use.isNeededByName ? FstabStep.waiting(for: use.device) : nil
        guard use.isHidden else { return use.isNamed || keepsName ? nil : named }
        guard let image else { return nil }
        switch outcome {
        case .named, nil: return nil
        case .unnamed: return named
        case .hidden where image.isUnderRoot(use.array): return image.waitsForRoot
        case .hidden: return named ?? source(on: use.array, scene).map { FstabStep.waiting(for: $0) }
        }
    }

    /// The image gives it its name, by a copy that is right or by the superblock; or leaves it to the system itself,
    /// which trusts a superblock of its own host.
    private static func keepsName(
        _ use: ArrayNaming.Use, _ outcome: MdadmConfCopy.Outcome?, _ scene: Scene
    ) -> Bool {
        switch outcome {
        case .named: true
        case .hidden: use.isNamedBySuperblock(on: scene.installation.hostName)
        case .unnamed, nil: false
        }
    }

    /// What fstab waits for and lies on this array.
    private static func source(on array: MDArray, _ scene: Scene) -> String? {
        scene.fstab.first { entry in
            entry.mustMount
                && scene.volumes(named: entry.source).contains { volume in
                    StorageStack(under: volume.id, in: scene.storage).arrays.contains { $0.id == array.id }
                }
        }?.source
    }

    // The images carry a copy of the file: it is corrected in them as well, or the name is wrong as early as there.
    private static func correction(_ scene: Scene) -> Remedy {
        let wrong = scene.arrays.uses.filter { !$0.isRight }
        let isHiddenOnly = !wrong.isEmpty && wrong.allSatisfy(\.isNamed)
        let files = writes(scene)
        let paths = files.compactMap(\.path).joined(separator: " and ")
        let what = isHiddenOnly ? "Let mdadm look at all disks in" : "Write the arrays' true UUIDs into"
        return Remedy(
            step: id, title: "\(what) \(paths.isEmpty ? path(scene) : paths)",
            changes: files + InitramfsStep.rebuildsOfImagesWithArrays(scene))
    }

    // A file that is right is written as it is.
    private static func writes(_ scene: Scene) -> [Change] {
        var corrections = scene.arrays.corrections
        if corrections.isEmpty, let file = scene.installation.mdadmConf {
            corrections = [.init(path: file.path, text: file.text, was: file.text)]
        }
        return corrections.map { file in
            .writeFile(path: file.path ?? path(scene), text: file.text, was: file.was, mode: 0o644)
        }
    }

    // The one that was read: mdadm looks in both places, whatever the distribution (mdadm.conf(5)).
    private static func path(_ scene: Scene) -> String {
        scene.installation.mdadmConf?.path ?? scene.distribution.mdadmConfPath
    }
}
