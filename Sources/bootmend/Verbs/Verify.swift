import ArgumentParser
import Diagnosing
import Surveying

extension Verbs {
    /// `verify`: was a migration of the running system done whole?
    struct Verify: Verb {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Was every step of a migration done? The running system; changes nothing.")

        @Option(
            help: ArgumentHelp(
                "A survey saved before the migration, to say what is different.", valueName: "file"))
        var before: String?

        @OptionGroup var common: CommonOptions

        func perform(_ console: Console) throws -> Int32 {
            let earlier = try before.map { try SavedSurvey.read($0) }
            try Refusal.unlessRoot("look into disks")
            return try guarded(console) {
                let running = try RunningSystem.survey(console)
                let diagnosis = Diagnosis.of(running.survey, running.installation)
                let changes = earlier.map {
                    Difference.between($0, and: running.survey, of: running.installation)
                }
                return Answer(console).diagnosis(
                    diagnosis, lead: RunningSystem.lead(diagnosis), next: [], changes: changes, proofs: true)
            }
        }
    }
}
