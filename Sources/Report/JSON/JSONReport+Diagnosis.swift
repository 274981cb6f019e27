import Changes
import Diagnosing

extension JSONReport {
    /// `diagnose --json`; `changes` is what `verify --before` adds.
    package static func diagnosis(_ diagnosis: Diagnosis, changes: [String]? = nil) -> JSON {
        var members = Self.members(of: diagnosis)
        if let changes { members.append(JSON.Member(name: "changes", value: .strings(changes))) }
        return document(members)
    }

    static func members(of diagnosis: Diagnosis) -> [JSON.Member] {
        [
            JSON.Member(name: "verdict", value: .string(diagnosis.verdict.rawValue)),
            JSON.Member(name: "system", value: system(diagnosis.system)),
            JSON.Member(name: "steps", value: .array(diagnosis.steps, step)),
            JSON.Member(name: "findings", value: .array(diagnosis.findings, finding)),
            JSON.Member(name: "disks", value: .array(diagnosis.disks, disk)),
        ]
            + (diagnosis.refusals.isEmpty
                ? [] : [JSON.Member(name: "refusals", value: .array(diagnosis.refusals, refusal))])
    }

    private static func name(of system: Diagnosis.System) -> String {
        system.prettyName ?? [system.id, system.version].compactMap(\.self).joined(separator: " ")
    }

    private static func system(_ system: Diagnosis.System) -> JSON {
        .object([
            "name": .string(name(of: system)),
            "id": .string(system.id),
            "version": .string(system.version),
            "host_name": .string(system.name),
            "machine_id": .string(system.machineID),
            "root": .object(["device": .string(system.rootDevice), "uuid": .string(system.rootUUID)]),
            "firmware": .string(system.firmware),
            "next_kernel": .string(system.nextKernel),
        ])
    }

    private static func step(_ step: Diagnosis.StepResult) -> JSON {
        .object([
            "id": .string(step.id.rawValue),
            "state": .string(step.state.rawValue),
            "reason": .string(step.reason),
        ])
    }

    private static func finding(_ finding: Finding) -> JSON {
        .object([
            "id": .string(finding.id),
            "step": .string(finding.step.rawValue),
            "severity": .string(finding.severity.rawValue),
            "summary": .string(finding.summary),
            "symptom": .string(finding.symptom),
            "evidence": .array(finding.evidence, evidence),
            "remedies": .array(finding.remedies, remedy),
        ])
    }

    private static func evidence(_ evidence: Evidence) -> JSON {
        switch evidence.place {
        case .file(let path, let line):
            .object([
                "path": .string(path),
                "line": line.map { .integer($0) },
                "seen": .string(evidence.seen),
                "expected": .string(evidence.expected),
            ])
        case .device(let device, let offset):
            .object([
                "device": .string(device),
                "offset": offset.map { .integer($0) },
                "seen": .string(evidence.seen),
                "expected": .string(evidence.expected),
            ])
        }
    }

    private static func disk(_ disk: Diagnosis.DiskResult) -> JSON {
        .object([
            "device": .string(disk.device),
            "serial": .string(disk.serial),
            "boots_alone": .string(disk.bootsAlone.rawValue),
            "should": .bool(disk.should),
            "breaks_at": .string(disk.breaksAt?.rawValue),
        ])
    }
}
