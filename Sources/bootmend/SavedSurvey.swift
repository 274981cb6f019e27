import Machine
import Report
import Surveying

/// A survey in a file: the evidence, taken on one machine and judged on another.
enum SavedSurvey {
    /// A survey of many disks with whole modules.dep lists stays far below; a file that is larger is no survey.
    static let limit = 64 << 20
    private static let schema = 1

    static func read(_ path: String) throws -> Survey {
        try Refusal.unlessThere(path)
        let bytes = try NamedFile.read(path, limit: limit)
        let found = try Document.schema(of: bytes, called: path, kind: "survey")
        guard found == schema else {
            throw Refusal(
                "'\(path)' is a survey of schema \(found), and this bootmend reads \(schema)",
                hint: "judge it with the bootmend that wrote it, or take the survey again")
        }
        return try Document.value(Survey.self, from: bytes, called: path, kind: "survey")
    }

    static func write(_ survey: Survey, to path: String) throws {
        // Readable by its owner only: fstab and kernel command lines are nobody else's business.
        try NamedFile.write(try Document.bytes(of: survey, called: path), to: path, mode: 0o600)
    }
}
