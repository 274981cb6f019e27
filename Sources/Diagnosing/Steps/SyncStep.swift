import Changes
import Storage
import Surveying

/// Whether the halves of the mirror are the same: no resync or recovery runs or waits to.
enum SyncStep: MigrationStep {
    static let id = StepID.sync

    static func examine(_ scene: Scene) -> Examination {
        let mirror = IntendedMirror(scene)
        guard mirror.isIntended else { return Examination(.notApplicable, reason: "no mirror was intended") }
        let findings =
            mirror.arrays.compactMap(array) + mirror.volumes.compactMap { volume($0, scene.storage) }
        return findings.isEmpty
            ? Examination(.done, reason: "no half is behind, and nothing copies")
            : Examination(.stale, findings: findings)
    }

    // There is nothing to do but wait.
    static func redo(_ scene: Scene) -> [Remedy] { examine(scene).findings.flatMap(\.remedies) }

    private static func array(_ use: ArrayNaming.Use) -> Finding? {
        let array = use.array
        let node = array.node ?? use.device
        let wait = Remedy.byHand(
            id, title: "Wait until \(node) is in sync", lines: ["cat /proc/mdstat", "mdadm --wait \(node)"],
            why: "until then the half that is written to is no half")
        if let action = array.activity?.action, ["resync", "recover", "reshape"].contains(action) {
            return finding(
                "running", "\(node) copies from one half to the other: \(action)",
                [Evidence(device: node, seen: progress(action, array.activity?.completed), expected: "idle")],
                wait)
        }
        let hasRoom = !array.freeSlots.isEmpty
        let behind = array.standings.filter { _, judgement in
            switch judgement.standing {
            case .rebuilding, .resyncing: true
            case .spare: hasRoom
            case .current, .behind, .rival, .twin, .damaged: false
            }
        }
        guard !behind.isEmpty else { return nil }
        return finding(
            "pending", "\(node) copies from one half to the other as soon as it runs",
            behind.map { member, judgement in
                Evidence(
                    device: member.device.rawValue, offset: member.superblock.offset,
                    seen: judgement.reason ?? judgement.standing.rawValue, expected: "in sync")
            }, wait)
    }

    private static func volume(_ use: IntendedMirror.Use, _ storage: StorageMap) -> Finding? {
        let group = use.found.group
        let wait = Remedy.byHand(
            id, title: "Wait until \(use.name) is in sync",
            lines: ["lvs -a -o name,sync_percent,devices \(group.name)"],
            why: "until then the half that is written to is no half")
        if let status = use.found.volume.raidStatus, ["resync", "recover", "reshape"].contains(status.action)
        {
            let seen = progress(status.action, "\(status.done) / \(status.total)")
            return finding(
                "running", "\(use.name) (\(use.place)) copies from one image to the other: \(status.action)",
                [Evidence(device: use.volume.name, seen: seen, expected: "idle")], wait)
        }
        let behind = group.images(of: use.found.volume).filter { name, judgement in
            guard [.rebuilding, .resyncing].contains(judgement.standing),
                let image = group.logicalVolume(name)
            else { return false }
            return storage.physicalVolumes(under: .init(group: group, volume: image)).allSatisfy {
                // What LVM counts as missing it does not copy to.
                $0.device != nil && !$0.flags.contains("MISSING")
            }
        }
        guard !behind.isEmpty else { return nil }
        return finding(
            "pending", "\(use.name) (\(use.place)) copies from one image to the other as soon as it runs",
            behind.map {
                Evidence(device: use.volume.name, seen: "\($0): \($1.reason ?? "")", expected: "in sync")
            },
            wait)
    }

    private static func progress(_ action: String, _ completed: String?) -> String {
        completed.map { "\(action), \($0) sectors" } ?? action
    }

    private static func finding(
        _ word: String, _ summary: String, _ evidence: [Evidence], _ remedy: Remedy
    ) -> Finding {
        Finding(
            id: "sync.\(word)", step: id, severity: .warning, summary: summary, evidence: evidence,
            remedies: [remedy])
    }
}
