import BootFiles
import Changes
import Distributions
import Storage

/// Whether an image brings up a root that has lost a disk, unattended.
///
/// Not a step of its own: a mirror that a disk has left is still the same migration. It is the initramfs that either
/// activates the half that is there or waits for the other one.
enum DegradedActivation {
    static let findingID = "initramfs.no-degraded-activation"

    /// What keeps this image from opening the root of this scene, where a part of the mirror is missing.
    static func finding(
        _ scene: Scene, _ kernel: String, _ facts: InitramfsFacts, _ stack: StorageStack, startsFirst: Bool
    ) -> Finding? {
        // Event activation waits for the whole group, whatever of it the volume lies on.
        let incomplete = stack.logicalVolumes.filter(\.group.isIncomplete)
        guard let first = incomplete.first, !activates(facts) else { return nil }
        return Finding(
            id: findingID, step: .initramfs, severity: startsFirst ? .blocker : .warning,
            summary:
                "with one disk of the mirror gone, the initramfs does not activate \(first.group.name)/\(first.volume.name)",
            symptom: "ALERT!  \(scene.rootOnCommandLine) does not exist.  Dropping to a shell!",
            evidence: [
                Evidence(
                    path: scene.distribution.initramfsPath(kernel: kernel),
                    seen: "LVM is activated when its volume group is complete, and not otherwise",
                    expected: "a script that activates what is left of it")
            ],
            remedies: assistance(scene))
    }

    // dracut activates what is there once it has waited two thirds of rd.retry (lvm_scan.sh, from 033 on). LVM of Debian
    // 11 and before has scripts that activate root by name, whatever of its group is there (lvchange -aay); from 12 on
    // it is left to udev's event activation, which wants the whole group (69-lvm.rules).
    static func activates(_ facts: InitramfsFacts) -> Bool {
        switch facts.generator {
        case .dracut: facts.programs.contains("lvm_scan") || facts.dracutModules.contains("lvm")
        default:
            facts.scripts.contains {
                $0.contains(DegradedBootScript.name)
                    || ["scripts/local-top/lvm2", "scripts/local-block/lvm2"].contains($0)
            }
        }
    }

    private static func assistance(_ scene: Scene) -> [Remedy] {
        let files = scene.distribution.degradedBootAssistance
        guard !files.isEmpty, let boot = scene.boot else { return [] }
        let writes = files.map { file in
            Change.writeFile(
                path: file.path, text: file.text, was: scene.installation.texts[file.path], mode: file.mode)
        }
        let builds = InitramfsStep.bootable(boot, scene).flatMap { InitramfsStep.rebuild($0, scene).changes }
        return [
            Remedy(
                step: .initramfs, purpose: .improvement,
                title: "Let it boot unattended with one disk of the mirror",
                changes: writes + builds)
        ]
    }
}
