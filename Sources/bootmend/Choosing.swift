import Report
import Storage
import Surveying

/// Finds the one installation that a verb is about: never guessed.
struct Choosing {
    let console: Console
    /// `--root`.
    let spec: String?
    /// What was looked at, for messages.
    var disks: [String] = []
    /// The saved survey that is judged instead.
    var file: String?

    func installation(of survey: Survey) throws(Refusal) -> Installation {
        switch survey.choose(spec) {
        case .one(let installation):
            if spec == nil, !console.isQuiet {
                let locked = survey.lockedContainers(unknownTo: installation)
                console.say(TextReport.notes(locked.map(TextReport.locked), console.sideStyle))
            }
            return installation
        case .noInstallation: throw survey.nothingFound(on: disks, in: file)
        case .noMatch(let spec):
            throw .usage("no installed system is '\(spec)'", hint: hint(survey))
        case .several: return try asked(survey)
        }
    }

    private func asked(_ survey: Survey) throws(Refusal) -> Installation {
        let choices = survey.installations
        guard console.terminal.canAsk, !console.json else {
            throw .usage(
                "\(choices.count) installed systems were found: name one with --root", hint: hint(survey))
        }
        console.say(TextReport.choices(survey, console.sideStyle))
        while true {
            guard let answer = console.terminal.ask("Which one? [1-\(choices.count), Enter for none] ") else {
                console.say("\n")
                throw .interrupted
            }
            let typed = answer.filter { !$0.isWhitespace }
            if typed.isEmpty { throw .usage("no installed system was chosen", hint: hint(survey)) }
            if let number = Int(typed), choices.indices.contains(number - 1) { return choices[number - 1] }
        }
    }

    private func hint(_ survey: Survey) -> String? {
        let specs = survey.installations.map { survey.specification(of: $0) }
        let locked = survey.lockedContainers.map { "--root \($0.name) (locked)" }
        let all = specs.map { "--root \($0)" } + locked
        return all.isEmpty ? nil : all.joined(separator: ", or ")
    }
}
