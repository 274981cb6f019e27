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
        guard let wait = lvmWait(facts, stack) ?? mdWait(facts, stack) else { return nil }
        return Finding(
            id: findingID, step: .initramfs, severity: startsFirst ? .blocker : .warning,
            summary: "with one disk of the mirror gone, the initramfs does not \(wait.undone)",
            symptom: symptom(facts, scene.rootOnCommandLine),
            evidence: [
                Evidence(
                    path: scene.distribution.initramfsPath(kernel: kernel), seen: wait.seen,
                    expected: wait.expected)
            ],
            remedies: assistance(scene))
    }

    private typealias Wait = (undone: String, seen: String, expected: String)

    // Event activation waits for the whole group, whatever of it the volume lies on.
    private static func lvmWait(_ facts: InitramfsFacts, _ stack: StorageStack) -> Wait? {
        guard let first = stack.logicalVolumes.first(where: \.group.isIncomplete), !activates(facts) else {
            return nil
        }
        return (
            "activate \(first.group.name)/\(first.volume.name)",
            "LVM is activated when its volume group is complete, and not otherwise",
            "a script that activates what is left of it"
        )
    }

    private static func mdWait(_ facts: InitramfsFacts, _ stack: StorageStack) -> Wait? {
        guard let first = stack.arrays.first(where: \.lacksExpectedMember), !startsArrays(facts) else {
            return nil
        }
        return (
            "start the array \(first.usualName)",
            "an array is started when all members that it counts on are there, and not otherwise",
            "a script or a timer that starts what is left of it"
        )
    }

    private static func symptom(_ facts: InitramfsFacts, _ root: String) -> String {
        switch facts.generator {
        case .dracut: "dracut-initqueue: timeout, then Warning: \(root) does not exist"
        case .mkinitcpio where facts.programs.contains("systemd"): "Timed out waiting for device \(root)"
        // resolve_device and default_mount_handler of its init_functions.
        case .mkinitcpio:
            "Waiting 10 seconds for device \(root) ..., then ERROR: Failed to mount '\(root)' on real root"
        default: "ALERT!  \(root) does not exist.  Dropping to a shell!"
        }
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

    // initramfs-tools: mdadm's script of local-block, of local-top before Debian 9, of local-premount in older Ubuntu;
    // those of local-bottom clean up. dracut: parse-md.sh has mdraid_start run once it has waited (90mdraid). mkinitcpio:
    // its hook mdadm assembles by itself; mdadm_udev leaves that to udev, with systemd's timer behind it where the image
    // has one. How other generators do it is not known.
    static func startsArrays(_ facts: InitramfsFacts) -> Bool {
        switch facts.generator {
        case .initramfsTools:
            facts.scripts.contains {
                $0.contains(DegradedBootScript.name) || $0.hasSuffix("/mdadm") && !$0.contains("-bottom/")
            }
        case .dracut: facts.programs.contains("mdraid_start") || facts.dracutModules.contains("mdraid")
        case .mkinitcpio where facts.programs.contains("systemd"):
            facts.units.map { $0.isSuperset(of: InitramfsUnits.lastResort) } ?? true
        case .mkinitcpio: facts.scripts.contains { $0.hasPrefix("hooks/mdadm") }
        case .booster, .unknown, nil: true
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

extension MDArray {
    /// A slot that the newest superblock counts on is nobody's here.
    ///
    /// `mdadm --incremental`, which udev calls for each member, then leaves the array alone: it starts one that is
    /// degraded only where its superblock says so (mdadm, Incremental.c: active_disks against working_disks).
    fileprivate var lacksExpectedMember: Bool {
        mayMiss > 0 && slotsOfNobody.contains(where: filledSlots.contains)
    }
}
