import Changes
import Storage
import Surveying

extension Diagnosis {
    /// Judges one installation of a survey. Pure: the same survey always comes to the same diagnosis.
    ///
    /// `hardware` is the machine it is to boot on, where that is not the one that was surveyed.
    package static func of(
        _ survey: Survey, _ installation: Installation, hardware: Hardware? = nil
    ) -> Diagnosis {
        let scene = Scene(survey, installation, hardware: hardware)
        let whole = Examinations(scene)
        let unread = UnreadDisks(scene)
        let disks = involved(scene, unread)
        let alone = disks.map { disk in
            unread.disks.contains(disk)
                ? Bootability(unread: disk, scene) : Bootability(of: disk, among: disks, scene)
        }
        var findings = whole.findings
        for (disk, boot) in zip(disks, alone) where boot.result.should {
            findings += boot.blockers.filter { blocker in
                !findings.contains { $0.id == blocker.id && sameThing($0, blocker) }
            }.map { only($0, on: disk) }
        }
        let steps = whole.all.map {
            unread.qualified(
                StepResult(id: $0.step, state: $0.examination.state, reason: $0.examination.reason))
        }
        let results = alone.map(\.result)
        return Diagnosis(
            verdict: verdict(steps, findings, results), system: system(scene), steps: steps,
            findings: findings.sorted { rank($0) < rank($1) }, disks: results, refusals: scene.refusals())
    }

    /// The disks that hold any part of root, /boot, an ESP or boot code, or that may hold one and could not be read, and
    /// those that took the place of one.
    private static func involved(_ scene: Scene, _ unread: UnreadDisks) -> [VolumeID] {
        var used = Set(scene.storage.disks(under: scene.installation.root) + unread.disks)
        if let boot = scene.boot { used.formUnion(scene.storage.disks(under: boot.volume)) }
        used.formUnion(GrubInstallStep.disksWithCodeAlone(scene))
        if scene.isUEFI {
            let esps = scene.survey.esps.filter { $0.fallback != nil || !$0.vendors.isEmpty }
            used.formUnion(esps.flatMap { scene.storage.disks(under: $0.volume) })
        }
        used.formUnion(IntendedMirror(scene).replacements.map(\.id))
        return scene.storage.disks.map(\.id).filter(used.contains)
    }

    // Both disks alone usually stop at one and the same thing: it is said once.
    private static func sameThing(_ one: Finding, _ other: Finding) -> Bool {
        one.step != .grubInstall || one.evidence == other.evidence
    }

    // What stops one disk alone does not stop the machine.
    private static func only(_ blocker: Finding, on disk: VolumeID) -> Finding {
        var finding = blocker
        finding.severity = .warning
        return finding
    }

    private static func rank(_ finding: Finding) -> Int {
        switch finding.severity {
        case .blocker: 0
        case .warning: 1
        case .note: 2
        }
    }

    private static func verdict(
        _ steps: [StepResult], _ findings: [Finding], _ disks: [DiskResult]
    ) -> Verdict {
        if findings.contains(where: { $0.severity == .blocker }) { return .broken }
        if steps.contains(where: { $0.state == .unknown })
            || disks.contains(where: { $0.bootsAlone == .unknown })
        {
            return .unknown
        }
        if findings.contains(where: { $0.severity == .warning }) { return .degraded }
        return .boots
    }

    private static func system(_ scene: Scene) -> System {
        let release = scene.installation.release
        return System(
            name: scene.installation.hostName, id: release.id, version: release.versionID,
            prettyName: release.prettyName, machineID: scene.installation.machineID,
            rootDevice: scene.name(of: scene.installation.root),
            rootUUID: scene.rootVolume?.signature?.uuid, firmware: scene.isUEFI ? "uefi" : "bios",
            nextKernel: InitramfsStep.firstKernel(scene))
    }
}
