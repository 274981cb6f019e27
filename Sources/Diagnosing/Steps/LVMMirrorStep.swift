import Changes
import Machine
import Storage
import Surveying

/// The logical volumes of root and swap: whole, mirrored over different disks where that was meant, and seen by LVM.
enum LVMMirrorStep: MigrationStep {
    static let id = StepID.lvmMirror

    static func examine(_ scene: Scene) -> Examination {
        let mirror = IntendedMirror(scene)
        guard !mirror.volumes.isEmpty else {
            return Examination(.notApplicable, reason: "neither root nor swap is a logical volume")
        }
        let sight = LVMSight(scene, mirror)
        var findings = mirror.groups.flatMap {
            missing($0, mirror) + returned($0) + duplicates($0, mirror, sight)
        }
        for use in mirror.volumes {
            let examination = LVMMirrorExamination(use, mirror, scene)
            findings += examination.findings
        }
        findings += sight.findings
        guard findings.isEmpty else {
            let neverDone = findings.allSatisfy { $0.id == "lvm-mirror.not-mirrored" }
            return Examination(neverDone ? .skipped : .stale, findings: findings)
        }
        if let reason = sight.unknown { return Examination(.unknown, reason: reason) }
        guard mirror.isIntended else { return Examination(.notApplicable, reason: "no mirror was intended") }
        return Examination(.done, reason: proof(mirror, scene))
    }

    static func redo(_ scene: Scene) -> [Remedy] { examine(scene).findings.flatMap(\.remedies) }

    private static func proof(_ mirror: IntendedMirror, _ scene: Scene) -> String {
        mirror.volumes.map { use in
            "\(use.name) on \(scene.names(scene.storage.disks(under: use.volume.id)))"
        }.joined(separator: "; ")
    }

    // Whether it boots without is the initramfs's to say, or that of the volume that lay on it.
    private static func missing(_ group: VolumeGroup, _ mirror: IntendedMirror) -> [Finding] {
        group.physicalVolumes.filter { $0.device == nil }.map { gone in
            let last = gone.hint.map { ", last seen as \($0)" } ?? ""
            return Finding(
                id: "lvm-mirror.missing-pv", step: id, severity: .warning,
                summary: "the volume group \(group.name) has lost a physical volume\(last)",
                symptom: "Couldn't find device with uuid \(gone.uuid).",
                evidence: [
                    Evidence(
                        device: group.name, seen: "no device has the PV UUID \(gone.uuid)",
                        expected: "one of \(group.size(of: gone)) bytes")
                ],
                remedies: [replacing(gone, of: group, mirror)])
        }
    }

    // What was written while it was away is not on it, and LVM does not touch it until it is told to.
    private static func returned(_ group: VolumeGroup) -> [Finding] {
        group.physicalVolumes.filter { $0.flags.contains("MISSING") }.compactMap { back in
            guard let device = back.device?.rawValue else { return nil }
            let refresh = group.logicalVolumes.filter { $0.isVisible && $0.isMirrored }.map {
                "lvchange --refresh \(group.name)/\($0.name)"
            }
            return Finding(
                id: "lvm-mirror.returned-pv", step: id, severity: .warning,
                summary: "the volume group \(group.name) went on without \(device), which is back",
                evidence: [
                    Evidence(device: device, seen: "the metadata counts the PV \(back.uuid) as missing")
                ],
                remedies: [
                    .byHand(
                        id, title: "Take \(device) back into \(group.name)",
                        lines: ["vgextend --restoremissing \(group.name) \(device)"] + refresh,
                        why: "what \(device) holds is written over from the other half")
                ])
        }
    }

    private static func replacing(
        _ gone: PhysicalVolume, of group: VolumeGroup, _ mirror: IntendedMirror
    ) -> Remedy {
        let mirrored = group.logicalVolumes.filter { $0.isVisible && $0.isMirrored }
        let here = group.physicalVolumes.compactMap(\.device)
        let spare = group.physicalVolumes.first { $0.device != nil && group.freeExtents(of: $0) > 0 }
        var lines: [String] = []
        // A group of two of which one is gone has no other disk to repair to.
        if here.count < 2 || spare == nil {
            let free = mirror.freePartition(of: group.size(of: gone), besides: here)?.rawValue ?? "PARTITION"
            lines = ["pvcreate \(free)", "vgextend \(group.name) \(free)"]
        }
        // Only an active volume is repaired (lvconvert(8)).
        lines.append("vgchange -ay \(group.name)")
        lines += mirrored.map { "lvconvert --repair \(group.name)/\($0.name)" }
        lines.append("vgreduce --removemissing \(group.name)")
        return .byHand(
            id, title: "Give \(group.name) another physical volume and mirror to it again", lines: lines,
            why: "where its disk was only unplugged, plug it in instead")
    }
}

/// One logical volume in use.
private struct LVMMirrorExamination {
    private let use: IntendedMirror.Use
    private let mirror: IntendedMirror
    private let storage: StorageMap
    private var group: VolumeGroup { use.found.group }
    private var volume: LogicalVolume { use.found.volume }

    init(_ use: IntendedMirror.Use, _ mirror: IntendedMirror, _ scene: Scene) {
        self.use = use
        self.mirror = mirror
        storage = scene.storage
    }

    var findings: [Finding] {
        if let incomplete { return [incomplete] }
        return [notMirrored, sameDisk].compactMap(\.self) + stale
    }

    private func finding(
        _ word: String, severity: Finding.Severity = .warning, _ summary: String, symptom: String? = nil,
        _ evidence: [Evidence], _ remedies: [Remedy] = []
    ) -> Finding {
        Finding(
            id: "lvm-mirror.\(word)", step: LVMMirrorStep.id, severity: severity, summary: summary,
            symptom: symptom, evidence: evidence, remedies: remedies)
    }

    // MARK: whole

    private var incomplete: Finding? {
        let gone = storage.physicalVolumes(under: use.found).filter { $0.device == nil }
        guard use.volume.copies.isEmpty, use.volume.node == nil, let first = gone.first else { return nil }
        return finding(
            "incomplete", severity: use.isNeeded ? .blocker : .warning,
            "\(use.name) (\(use.place)) is not whole on any disk",
            symptom:
                "Refusing activation of partial LV \(use.name).  Use '--activationmode partial' to override.",
            [
                Evidence(
                    device: use.volume.name, seen: use.volume.unmapped ?? "no whole copy",
                    expected: "the PV \(first.uuid)" + (first.hint.map { ", last seen as \($0)" } ?? ""))
            ])
    }

    // MARK: mirrored

    // Thin and cached volumes are not looked through; a PV on an array is mirrored below LVM.
    private var isPlain: Bool {
        guard volume.segments.allSatisfy({ ["striped", "linear"].contains($0.type) }) else { return false }
        let arrays = StorageStack(under: use.volume.id, in: storage).arrays
        return !arrays.contains { $0.mayMiss > 0 }
    }

    private var notMirrored: Finding? {
        guard mirror.isOfTheSystem, isPlain, use.isRoot || use.place == "swap" else { return nil }
        let under = storage.physicalVolumes(under: use.found)
        let disks = storage.disks(under: use.volume.id)
        let extents = volume.segments.reduce(UInt64(0)) { $0 &+ $1.count }
        let other = group.physicalVolumes.first { physical in
            guard let device = physical.device else { return false }
            return Set(storage.disks(under: device)).isDisjoint(with: disks)
                && group.freeExtents(of: physical) > extents
        }
        var lines: [String] = []
        var target = other?.device?.rawValue
        if target == nil {
            let (bytes, _) = extents.multipliedReportingOverflow(by: group.extentSize)
            let free = mirror.freePartition(of: bytes, besides: under.compactMap(\.device))?.rawValue
            target = free ?? "PARTITION"
            lines = ["pvcreate \(target ?? "")", "vgextend \(group.name) \(target ?? "")"]
        }
        lines.append("lvconvert --type raid1 -m 1 \(use.name) \(target ?? "")")
        return finding(
            "not-mirrored",
            "\(use.name) (\(use.place)) lies on \(disks.map(\.rawValue).joined(separator: ", ")) alone",
            symptom: "without that disk the machine does not boot",
            [
                Evidence(
                    device: use.volume.name, seen: "segment type \(volume.segments.first?.type ?? "none")",
                    expected: "raid1")
            ],
            [
                .byHand(
                    LVMMirrorStep.id, title: "Mirror \(use.name)", lines: lines,
                    why:
                        "the copying takes long, and the initramfs needs dm-raid from then on: run bootmend again after it"
                )
            ])
    }

    private var sameDisk: Finding? {
        let places = group.images(of: volume).map { physicalVolumes(of: $0.name) }
        let devices = places.map { $0.compactMap(\.device) }
        guard places.count > 1, zip(places, devices).allSatisfy({ $0.count == $1.count && !$1.isEmpty })
        else {
            return nil
        }
        let disks = Set(devices.joined().flatMap { storage.disks(under: $0) })
        guard disks.count == 1, let disk = disks.first else { return nil }
        let second = devices[1].first?.rawValue ?? ""
        return finding(
            "same-disk", "both images of \(use.name) (\(use.place)) lie on \(disk)",
            symptom: "without \(disk) the machine does not boot",
            [
                Evidence(
                    device: use.volume.name,
                    seen: "images on \(devices.joined().map(\.rawValue).joined(separator: ", "))",
                    expected: "two disks")
            ],
            [
                .byHand(
                    LVMMirrorStep.id, title: "Move one image of \(use.name) to another disk",
                    lines: ["lvconvert --replace \(second) \(use.name) PARTITION"],
                    why: "PARTITION is a physical volume of \(group.name) on another disk; see pvs")
            ])
    }

    // MARK: current

    private func physicalVolumes(of image: String) -> [PhysicalVolume] {
        guard let image = group.logicalVolume(image) else { return [] }
        return storage.physicalVolumes(under: .init(group: group, volume: image))
    }

    private var stale: [Finding] {
        group.images(of: volume).compactMap { name, judgement in
            let places = physicalVolumes(of: name)
            guard let device = places.first?.device, places.allSatisfy({ $0.device != nil }) else {
                return nil
            }
            // The physical volume has a finding of its own.
            guard !places.contains(where: { $0.flags.contains("MISSING") }) else { return nil }
            switch judgement.standing {
            case .behind: return outOfDate(name, device, judgement)
            case .rival: return diverged(name, device, judgement)
            case .current, .rebuilding, .resyncing, .spare, .twin, .damaged: return nil
            }
        }
    }

    private func outOfDate(_ image: String, _ device: VolumeID, _ judgement: HalfJudgement) -> Finding {
        finding(
            "stale-image", "the image of \(use.name) (\(use.place)) on \(device) is out of date",
            [Evidence(device: device.rawValue, seen: "\(image): \(judgement.reason ?? "not current")")],
            // Monitoring would start a daemon that outlives the tool.
            [
                Remedy(
                    step: LVMMirrorStep.id, needs: .confirm, confirmDevice: device.rawValue,
                    title: "Bring the image of \(use.name) on \(device) up to date",
                    changes: [
                        .run(
                            command: Command(
                                .lvm, "lvchange", "--refresh", "--config", "activation{monitoring=0}",
                                use.name),
                            touching: [])
                    ])
            ])
    }

    private func diverged(_ image: String, _ device: VolumeID, _ judgement: HalfJudgement) -> Finding {
        finding(
            "split-brain", "the images of \(use.name) (\(use.place)) have each run without the other",
            [Evidence(device: device.rawValue, seen: "\(image): \(judgement.reason ?? "")")])
    }
}
