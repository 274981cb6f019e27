import BootFiles
import Changes
import Distributions
import Storage
import Surveying

/// How boot code is redone so that no other disk loses its way.
///
/// grub-install makes the modules in /boot and the core image beside them anew, and all disks share these: for a while
/// they are not there, and a core image of another build does not go with them after it. grub-bios-setup writes the core
/// image that lies there to one disk, and touches nothing else (util/grub-install.c, util/setup.c).
enum BootCodeRedo {
    /// The remedies with GRUB installed at most once, on the first disk; the others get what that leaves in /boot, and
    /// those that boot from it as well, since they could not any more.
    static func sharing(_ remedies: [Remedy], _ scene: Scene) -> [Remedy] {
        let disks = remedies.flatMap(\.changes).compactMap(bootCodeDisk)
        guard let first = disks.first, !scene.isUEFI, canSetUp(scene) else { return remedies }
        let sound = soundDisks(scene)
        // What is in /boot already is what they need: nobody else's modules are touched.
        let kept = sound.isEmpty ? first : nil
        let others = sound.isEmpty ? leadingDisks(scene).filter { !disks.contains($0.rawValue) } : []
        var shared = remedies.map { remedy in
            var remedy = remedy
            remedy.changes = remedy.changes.map { change in
                bootCodeDisk(change).map { $0 == kept } ?? true ? change : setUp(change, scene)
            }
            return remedy
        }
        guard let last = shared.lastIndex(where: { $0.changes.contains { bootCodeDisk($0) != nil } }) else {
            return shared
        }
        let along = others.map { GrubInstallStep.install($0, scene) }.filter { !$0.isByHand }.map {
            remedy -> Remedy in
            var remedy = remedy
            let disk = remedy.changes.compactMap(bootCodeDisk).first ?? ""
            remedy.title = "Bring GRUB on \(disk) in step with its modules in /boot, which it shares"
            remedy.changes = remedy.changes.map { setUp($0, scene) }
            return remedy
        }
        shared.insert(contentsOf: along, at: last + 1)
        return shared
    }

    private static func bootCodeDisk(_ change: Change) -> String? {
        if case .installBootLoader(let disk, _, _, _) = change { disk } else { nil }
    }

    private static func setUp(_ change: Change, _ scene: Scene) -> Change {
        guard case .installBootLoader(let disk, let area, let directory, _) = change else { return change }
        return .installBootLoader(
            disk: disk, area: area, directory: directory, command: scene.distribution.setUpGrub(on: disk))
    }

    // One core image serves all disks where it looks for /boot by a UUID and not on the disk that it was started from:
    // grub-install has it so for arrays, volumes and filesystems over several disks.
    private static func canSetUp(_ scene: Scene) -> Bool {
        guard let volume = scene.bootVolume,
            scene.installation.programs.contains(scene.distribution.biosSetup)
        else { return false }
        return [.array, .logicalVolume].contains(volume.kind) || volume.signature?.devices ?? 1 > 1
    }

    /// The disks that lead to /boot by the very core image that lies there, beside its modules, where that serves them all.
    private static func soundDisks(_ scene: Scene) -> [VolumeID] {
        guard let core = scene.grub?.coreFingerprint else { return [] }
        let tables = GrubInstallStep.disksWithBoot(scene).compactMap { CoreAim.tableModule(of: $0, scene) }
        return leadingDisks(scene).filter { disk in
            guard let own = scene.survey.diskBoots.first(where: { $0.disk == disk })?.startedCore,
                own.fingerprint == core, tables.allSatisfy(own.modules.contains)
            else { return false }
            // One that names a partition, with members that begin as their filesystem does, is right on its own disk alone.
            switch own.target {
            case .array, .logicalVolume, .filesystem: return true
            default: return false
            }
        }
    }

    private static func leadingDisks(_ scene: Scene) -> [VolumeID] {
        guard let boot = scene.boot, let volume = scene.bootVolume else { return [] }
        let disks = GrubInstallStep.disksWithBoot(scene) + GrubInstallStep.disksWithCodeAlone(scene)
        return disks.filter { disk in
            guard let code = scene.survey.diskBoots.first(where: { $0.disk == disk }),
                let record = code.record,
                case .leads = BootCodeJudgement(of: code, record, boot, volume, scene)
            else { return false }
            return true
        }
    }
}
