import Changes
import Storage
import Surveying

/// Whether the machine would boot from one disk alone: the same examination, of the survey without the others.
struct Bootability {
    let result: Diagnosis.DiskResult
    /// What stops it there, for the findings of the whole.
    let blockers: [Finding]

    init(of disk: VolumeID, among disks: [VolumeID], _ scene: Scene) {
        var alone = scene.survey
        for other in disks where other != disk { alone = alone.without(other) }
        let should = Self.should(disk, scene)
        let serial = scene.storage.disk(disk)?.serial
        guard let installation = alone.installation(like: scene.installation) else {
            result = .init(
                device: disk.rawValue, serial: serial, bootsAlone: .no, should: should,
                breaksAt: Self.stopWithoutRoot(disk, scene))
            blockers = []
            return
        }
        let examinations = Examinations(Scene(alone, installation, hardware: scene.hardware))
        blockers = examinations.blockers
        let answer: Diagnosis.DiskResult.Answer =
            !blockers.isEmpty ? .no : examinations.unknown == nil ? .yes : .unknown
        result = .init(
            device: disk.rawValue, serial: serial, bootsAlone: answer, should: should,
            breaksAt: blockers.first?.step)
    }

    /// Of a disk that could not be read whole nothing is known.
    init(unread disk: VolumeID, _ scene: Scene) {
        result = .init(
            device: disk.rawValue, serial: scene.storage.disk(disk)?.serial, bootsAlone: .unknown,
            should: Self.should(disk, scene))
        blockers = []
    }

    // GRUB, or the BIOS before it, has no /boot to go on with, or the initramfs no root.
    private static func stopWithoutRoot(_ disk: VolumeID, _ scene: Scene) -> StepID {
        if !scene.isUEFI && !GrubInstallStep.disksWithBoot(scene).contains(disk) { return .grubInstall }
        // One filesystem over several devices is waited for until all are there.
        if scene.rootVolume?.signature?.devices != nil { return .initramfs }
        return scene.rootVolume?.kind == .logicalVolume ? .lvmMirror : .mdArray
    }

    // A disk should boot alone when it holds a current copy of every mirror under root and /boot. A btrfs over several
    // devices, mirrored or not, is mounted without one of them only by who asks for it (btrfs(5), degraded).
    private static func should(_ disk: VolumeID, _ scene: Scene) -> Bool {
        [scene.rootVolume, scene.bootVolume].allSatisfy { volume in
            volume.map(scene.storage.spread)?.allSatisfy { device in
                device.copies.contains { $0.disks == [disk] && $0.currency == .current }
            } ?? false
        }
    }
}

/// Every judged step of one scene.
struct Examinations {
    let all: [(step: StepID, examination: Examination)]

    init(_ scene: Scene) {
        all = judgedSteps.map { ($0.id, $0.examine(scene)) }
    }

    var findings: [Finding] { all.flatMap(\.examination.findings) }

    /// The first step that could not be judged, and why.
    var unknown: (step: StepID, reason: String)? {
        all.first { $0.examination.state == .unknown }.map { ($0.step, $0.examination.reason ?? "") }
    }

    /// What stops the boot, in the order in which a boot gets there.
    var blockers: [Finding] {
        let order: [StepID] = [
            .partitionTable, .grubInstall, .bootCopy, .grubConfig, .cmdline, .initramfs, .mdArray, .lvmMirror,
            .mdadmConf, .fstab, .sync,
        ]
        let found = findings.filter { $0.severity == .blocker }
        return order.flatMap { step in found.filter { $0.step == step } }
    }
}

extension Survey {
    /// The same installation in another survey of the same machine.
    func installation(like other: Installation) -> Installation? {
        installations.first { $0.root == other.root && $0.subvolume == other.subvolume }
    }
}
