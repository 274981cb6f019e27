import Surveying

/// A survey in a file: the evidence, taken on one machine and judged on another.
enum SavedSurvey {
    static func read(_ path: String) throws -> Survey {
        try SavedDocument.read(
            Survey.self, from: path, kind: "survey", schema: 1,
            hint: "judge it with the bootmend that wrote it, or take the survey again")
    }

    static func write(_ survey: Survey, to path: String) throws { try SavedDocument.write(survey, to: path) }
}
