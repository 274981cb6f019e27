import ArgumentParser
import Diagnosing

extension Verbs {
    /// `check`: would the running system come up again?
    struct Check: Verb {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Would the running system boot again? Before a reboot; changes nothing.")

        @OptionGroup var common: CommonOptions

        func perform(_ console: Console) throws -> Int32 {
            try Refusal.unlessRoot("look into disks")
            return try guarded(console) {
                let running = try RunningSystem.survey(console)
                let diagnosis = Diagnosis.of(running.survey, running.installation)
                return Answer(console).diagnosis(diagnosis, lead: RunningSystem.lead(diagnosis), next: [])
            }
        }
    }
}
