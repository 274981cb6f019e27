import Changes
import Machine
import Report

/// A plan in a file: made and read today, applied tomorrow.
struct SavedPlan: Codable {
    var schema = 1
    var plan: Plan

    private static let limit = 64 << 20

    static func read(_ path: String) throws -> Plan {
        try Refusal.unlessThere(path)
        let saved = try Document.value(
            SavedPlan.self, from: try NamedFile.read(path, limit: limit), called: path)
        guard saved.schema == 1 else {
            throw Refusal("'\(path)' is a plan of schema \(saved.schema), and this bootmend reads 1")
        }
        return saved.plan
    }

    static func write(_ plan: Plan, to path: String) throws {
        let bytes = try Document.bytes(of: SavedPlan(plan: plan), called: path)
        try NamedFile.write(bytes, to: path, mode: 0o600)
    }
}
