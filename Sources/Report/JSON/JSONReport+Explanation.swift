import Changes
import Diagnosing

extension JSONReport {
    /// `explain STEP --json`.
    package static func explanation(_ explanation: Explanation) -> JSON {
        .object([
            "schema": .integer(1),
            "step": .string(explanation.step.rawValue),
            "meaning": .string(explanation.meaning),
            "done": .string(explanation.done),
            "see": .strings(explanation.see),
            "mend": .array(explanation.mend) {
                .object(["family": .string($0.family), "commands": .strings($0.commands)])
            },
            "symptoms": .array(explanation.symptoms, symptom),
        ])
    }

    /// `explain "console text" --json`; `here` is a diagnosis of the disks that were looked at.
    package static func consoleText(_ found: [(StepID, [ConsoleText])], here: Diagnosis? = nil) -> JSON {
        .object([
            "schema": .integer(1),
            "steps": .array(found) { step, texts in cause(step, texts, here) },
        ])
    }

    private static func cause(_ step: StepID, _ texts: [ConsoleText], _ here: Diagnosis?) -> JSON {
        let findings = here?.findings.filter { $0.step == step }.map(\.id)
        return .object([
            "id": .string(step.rawValue),
            "symptoms": .array(texts, symptom),
            "state": .string(here?.stands(step)?.rawValue),
            "findings": findings.map { .strings($0) },
        ])
    }

    private static func symptom(_ text: ConsoleText) -> JSON {
        .object(["pattern": .string(text.pattern), "meaning": .string(text.meaning)])
    }
}
