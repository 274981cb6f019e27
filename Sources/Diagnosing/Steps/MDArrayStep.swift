import Changes
import Machine
import Storage
import Surveying

/// The arrays that the boot needs: they can start, and every member is in them and current.
enum MDArrayStep: MigrationStep {
    static let id = StepID.mdArray

    static func examine(_ scene: Scene) -> Examination {
        let uses = scene.arrays.uses
        guard !uses.isEmpty else { return withoutArray(scene) }
        let mirror = IntendedMirror(scene)
        let needed = neededArrays(scene)
        var findings: [Finding] = []
        for use in uses {
            let isNeeded = use.isNeededByName || needed.contains(use.array.id)
            findings += ArrayExamination(use, scene, mirror, isNeeded: isNeeded).findings
        }
        guard !findings.isEmpty else {
            return Examination(.done, reason: uses.map { proof($0.array, $0.device) }.joined(separator: "; "))
        }
        let neverFilled = findings.allSatisfy { finding in
            finding.id == "md-array.degraded" && !uses.contains { $0.array.filledMissing }
        }
        return Examination(neverFilled ? .skipped : .stale, findings: findings)
    }

    static func redo(_ scene: Scene) -> [Remedy] { examine(scene).findings.flatMap(\.remedies) }

    private static func proof(_ array: MDArray, _ device: String) -> String {
        let events = array.members.map(\.superblock.events).max().map { ", \($0) events" } ?? ""
        return "\(device): \(array.raidDisks - array.freeSlots.count) of \(array.raidDisks) members\(events)"
    }

    /// Those without which the default target is not reached.
    private static func neededArrays(_ scene: Scene) -> Set<VolumeID> {
        let mounted = scene.fstab.filter(\.mustMount).flatMap { scene.volumes(source: $0.source) }
        let tops = [scene.installation.root] + (scene.boot.map { [$0.volume] } ?? []) + mounted.map(\.id)
        return Set(tops.flatMap { StorageStack(under: $0, in: scene.storage).arrays.map(\.id) })
    }

    // The root was put on two disks, and /boot stayed on one.
    private static func withoutArray(_ scene: Scene) -> Examination {
        let root = scene.rootVolume
        guard let boot = scene.bootVolume, boot.kind == .partition, let root,
            scene.storage.logicalVolume(root.id)?.volume.isMirrored ?? false,
            scene.storage.disks(under: root.id).count > 1
        else { return Examination(.notApplicable, reason: "the installation uses no MD array") }
        let disk = scene.storage.disks(under: boot.id).first?.rawValue ?? boot.name
        let finding = Finding(
            id: "md-array.not-mirrored", step: id, severity: .warning,
            summary: "/boot lies on \(disk) alone, though root is mirrored",
            symptom: "without \(disk) no kernel is found",
            evidence: [
                Evidence(
                    device: boot.name, seen: boot.signature?.type ?? "no array",
                    expected: "a member of a raid1")
            ],
            remedies: [
                .byHand(
                    id, title: "Move /boot to an array over both disks",
                    lines: [
                        "mdadm --create /dev/md0 --level=1 --raid-devices=2 missing PARTITION",
                        "bootmend explain boot-copy",
                    ], why: "PARTITION is one of the other disk, and what is on it is lost")
            ])
        return Examination(.skipped, findings: [finding])
    }
}

/// One array in use.
private struct ArrayExamination {
    private let use: ArrayNaming.Use
    private let array: MDArray
    private let scene: Scene
    private let mirror: IntendedMirror
    private let isNeeded: Bool

    init(_ use: ArrayNaming.Use, _ scene: Scene, _ mirror: IntendedMirror, isNeeded: Bool) {
        self.use = use
        array = use.array
        self.scene = scene
        self.mirror = mirror
        self.isNeeded = isNeeded
    }

    /// As it is called once the target is open.
    private var node: String { array.node ?? use.device }

    private func members(_ standing: HalfJudgement.Standing) -> [(member: MDMember, judgement: HalfJudgement)]
    {
        array.standings.filter { $0.judgement.standing == standing }
    }

    // A member that is still being rebuilt starts nothing.
    private var starts: Bool {
        let inSync = array.standings.filter {
            [.current, .resyncing, .rival, .twin].contains($0.judgement.standing)
        }
        let slots = Set(inSync.compactMap(\.member.superblock.slot))
        return array.starts(with: slots.count)
    }

    var findings: [Finding] {
        [splitBrain, twins].compactMap(\.self) + members(.behind).map(stale)
            + [degraded, inactive].compactMap(\.self)
    }

    private func finding(
        _ word: String, _ summary: String, _ evidence: [Evidence], _ remedies: [Remedy] = []
    ) -> Finding {
        let stops = !starts && isNeeded
        return Finding(
            id: "md-array.\(word)", step: MDArrayStep.id, severity: stops ? .blocker : .warning,
            summary: summary,
            symptom: stops
                ? "mdadm: failed to RUN_ARRAY \(use.device)"
                : "md/\(array.levelName): active with \(array.raidDisks - array.freeSlots.count) out of \(array.raidDisks) mirrors",
            evidence: evidence, remedies: remedies)
    }

    private func evidence(_ one: (member: MDMember, judgement: HalfJudgement)) -> Evidence {
        Evidence(
            device: one.member.device.rawValue, offset: one.member.superblock.offset,
            seen: one.judgement.reason ?? "\(one.member.superblock.events) events")
    }

    private var newest: Evidence? {
        array.standings.filter { $0.judgement.standing == .current }
            .max { $0.member.superblock.events < $1.member.superblock.events }.map(evidence)
    }

    private var splitBrain: Finding? {
        let rivals = members(.rival)
        guard !rivals.isEmpty else { return nil }
        return finding(
            "split-brain", "the halves of \(use.device) have each run without the other", rivals.map(evidence)
        )
    }

    private var twins: Finding? {
        let twins = members(.twin)
        guard !twins.isEmpty else { return nil }
        return finding(
            "duplicate-member", "two devices claim the same slot of \(use.device)", twins.map(evidence))
    }

    private func stale(_ one: (member: MDMember, judgement: HalfJudgement)) -> Finding {
        let device = one.member.device
        let evidence = [evidence(one)] + [newest].compactMap(\.self)
        // Which half is right has to be settled before anything is copied over the other.
        let remedies =
            members(.rival).isEmpty && starts ? [adding(device, "Add \(device) to \(node) again")] : []
        return finding(
            "stale-member", "\(device) fell out of \(use.device) and is out of date", evidence, remedies)
    }

    // mdadm(8), --add: what was recently part of the array is re-added, all else is written anew.
    private func adding(_ device: VolumeID, _ title: String) -> Remedy {
        Remedy(
            step: MDArrayStep.id, needs: .confirm, confirmDevice: device.rawValue, title: title,
            changes: [.run(command: Command(.mdadm, node, "--add", device.rawValue), touching: [])])
    }

    private var degraded: Finding? {
        // Those that fell out have a finding of their own; a spare takes a slot by itself.
        let others = members(.behind).count + members(.spare).count
        let count = array.freeSlots.count - others
        guard count > 0 else { return nil }
        let seen = "\(array.raidDisks - array.freeSlots.count) of \(array.raidDisks) members are here"
        return finding(
            "degraded", "\(use.device) runs without \(count == 1 ? "a member" : "\(count) members")",
            [Evidence(device: scene.storage.volume(array.id)?.name ?? use.device, seen: seen)]
                + members(.damaged).map(evidence) + [newest].compactMap(\.self),
            starts ? [filling] : [])
    }

    private var filling: Remedy {
        let size = array.memberSize
        if let free = mirror.freePartition(of: size, besides: array.members.map(\.device)) {
            return adding(free, "Add \(free) to \(node)")
        }
        return .byHand(
            MDArrayStep.id, title: "Add a second half to \(node)", lines: ["mdadm \(node) --add PARTITION"],
            why: "PARTITION is one of another disk with at least \(size) bytes, and what is on it is lost")
    }

    // Of a rescue system this says nothing: it may not have been asked to start it.
    private var inactive: Finding? {
        guard scene.installation.runsHere, let state = array.activity?.state,
            ["inactive", "clear"].contains(state)
        else { return nil }
        return finding(
            "inactive", "\(node) is put together and was not started",
            [Evidence(device: node, seen: state, expected: "clean or active")],
            [
                .byHand(
                    MDArrayStep.id, title: "Start \(node)", lines: ["mdadm --run \(node)"],
                    why: "it belongs to the system that runs")
            ])
    }
}

extension MDArray {
    /// A slot that is free now was filled once: its member is here and out of date, or the newest still counts on it.
    fileprivate var filledMissing: Bool {
        standings.contains { $0.judgement.standing == .behind }
            || freeSlots.contains(where: filledSlots.contains)
    }
}
