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
        let survey = try Document.value(
            Survey.self, from: try NamedFile.read(path, limit: limit), called: path)
        guard survey.schema == schema else {
            throw Refusal(
                "'\(path)' is a survey of schema \(survey.schema), and this bootmend reads \(schema)")
        }
        return survey
    }

    static func write(_ survey: Survey, to path: String) throws {
        // Readable by its owner only: fstab and kernel command lines are nobody else's business.
        try NamedFile.write(try Document.bytes(of: survey, called: path), to: path, mode: 0o600)
    }
}
