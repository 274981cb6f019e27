import Changes
import Diagnosing

extension JSONReport {
    /// `rescue --plan --json`, and what `rescue --json` says at its end.
    ///
    /// `after` is the proof, absent where nothing was applied.
    package static func rescue(
        before: Diagnosis, plan: Plan, applied: [Change], after: Diagnosis?, undoID: String?
    ) -> JSON {
        .object([
            "schema": .integer(1),
            "before": .object(members(of: before)),
            "plan": self.plan(plan),
            "applied": .array(applied, change),
            "after": after.map { .object(members(of: $0)) },
            "undo_id": .string(undoID),
        ])
    }

    static func plan(_ plan: Plan) -> JSON {
        .object([
            "installation": .string(plan.installation),
            "remedies": .array(plan.remedies, remedy),
            "not_done": .array(plan.notDone, remedy),
            "refusals": .array(plan.refusals, refusal),
        ])
    }

    static func refusal(_ refusal: PlanRefusal) -> JSON {
        .object([
            "id": .string(refusal.reason.rawValue),
            "reason": .string(refusal.text),
            "hint": .string(refusal.wayOut),
            "forcible": .bool(refusal.isForcible),
        ])
    }

    static func remedy(_ remedy: Remedy) -> JSON {
        .object([
            "step": .string(remedy.step?.rawValue),
            "title": .string(remedy.title),
            "purpose": .string(remedy.purpose.rawValue),
            "needs": .string(remedy.needs.rawValue),
            "confirm": .string(remedy.confirmDevice),
            "changes": .array(remedy.changes, change),
        ])
    }

    static func change(_ change: Change) -> JSON {
        if case .byHand(let lines, let why) = change {
            return .object([
                "kind": .string(change.kind),
                "lines": .strings(lines),
                "reason": .string(why),
                "undoable": .bool(change.isUndoable),
            ])
        }
        return .object([
            "kind": .string(change.kind),
            "command": change.command.map { .strings($0.vector) },
            "path": .string(change.path),
            "device": .string(change.device),
            "undoable": .bool(change.isUndoable),
        ])
    }
}
