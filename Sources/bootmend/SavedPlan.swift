import Changes
import Surveying

/// A plan in a file: made and read today, applied tomorrow.
struct SavedPlan: Codable {
    private static let schema = 2

    var schema = Self.schema
    var plan: Plan
    /// What it was made from: where that is no longer so, it is not applied.
    var survey: Survey

    static func read(_ path: String) throws -> SavedPlan {
        try SavedDocument.read(
            SavedPlan.self, from: path, kind: "plan", schema: schema,
            hint: "apply it with the bootmend that made it, or make the plan again"
        )
    }

    static func write(_ plan: Plan, madeFrom survey: Survey, to path: String) throws {
        try SavedDocument.write(SavedPlan(plan: plan, survey: survey.withoutSecrets()), to: path)
    }
}
