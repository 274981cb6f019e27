import Changes

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

    /// `explain "console text" --json`.
    package static func consoleText(_ found: [(StepID, [ConsoleText])]) -> JSON {
        .object([
            "schema": .integer(1),
            "steps": .array(found) { step, texts in
                .object(["id": .string(step.rawValue), "symptoms": .array(texts, symptom)])
            },
        ])
    }

    private static func symptom(_ text: ConsoleText) -> JSON {
        .object(["pattern": .string(text.pattern), "meaning": .string(text.meaning)])
    }
}
