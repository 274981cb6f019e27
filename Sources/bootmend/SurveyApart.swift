import CLinux
import Machine
import Report
import Surveying

extension Verb {
    /// Takes a survey in a process of its own and hands it over, for verbs whose mounts are meant to stay in the
    /// caller's namespace: looking mounts a lot, and none of that may show.
    func surveyApart(_ looking: Looking) throws -> Survey {
        let memory = Descriptor(
            adopting: try check(negative: bm_memory_file("bootmend-survey"), "make", "a file in memory"))
        let status = try guarded(looking.console) {
            let survey = try looking.survey(Progress(looking.console))
            try memory.write(try Document.bytes(of: survey, called: "the survey"), at: 0, of: "the survey")
            return 0
        }
        // The worker has said why.
        guard status == 0 else { throw Said(status: status) }
        let bytes = try memory.read(at: 0, count: SavedDocument.limit, of: "the survey")
        return try Document.value(Survey.self, from: bytes, called: "the survey")
    }
}

/// A failure that was told to the person where it happened; only its status is left to pass on.
struct Said: Error {
    let status: Int32
}
