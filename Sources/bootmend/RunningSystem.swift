import Diagnosing
import Surveying

/// The system that bootmend runs from, as `check` and `verify` judge it.
struct RunningSystem {
    var survey: Survey
    var installation: Installation

    static func survey(_ console: Console) throws -> RunningSystem {
        let survey = try Looking(console: console, includeRunning: true).survey(Progress(console))
        guard let installation = survey.installations.first(where: \.runsHere) else {
            throw Refusal(
                "the running system could not be told from its disks",
                hint: "a live medium or a container is none; 'bootmend scan' lists what is here")
        }
        return RunningSystem(survey: survey, installation: installation)
    }

    /// What a report on it begins with.
    static func lead(_ diagnosis: Diagnosis) -> String {
        "The running system." + (diagnosis.system.nextKernel.map { " Next it starts \($0)." } ?? "")
    }
}
