import Changes

/// A plan in a file: made and read today, applied tomorrow.
struct SavedPlan: Codable {
    private static let schema = 1

    var schema = Self.schema
    var plan: Plan

    static func read(_ path: String) throws -> Plan {
        try SavedDocument.read(
            SavedPlan.self, from: path, kind: "plan", schema: schema,
            hint: "apply it with the bootmend that made it, or make the plan again"
        ).plan
    }

    static func write(_ plan: Plan, to path: String) throws {
        try SavedDocument.write(SavedPlan(plan: plan), to: path)
    }
}
