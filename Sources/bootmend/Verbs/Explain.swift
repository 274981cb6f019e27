import ArgumentParser
import Changes
import Diagnosing
import Machine
import Report
import Surveying

extension Verbs {
    /// `explain`: what a step is, or what a line on the console means.
    struct Explain: Verb {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract: "What a step or a line on the console means, how to see it, how it is mended.",
            usage: "bootmend explain <step> | \"<console text>\"")

        @Argument(help: "A step, or text from a console; behind '--' where it begins with '-'.")
        var text: [String] = []

        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard text.isEmpty else { return }
            throw ValidationError(
                "a step or a text is missing; a text that begins with '-' has to stand behind '--'")
        }

        func perform(_ console: Console) throws -> Int32 {
            let typed = text.joined(separator: " ")
            if let step = StepID(rawValue: typed), let explanation = Explanation.of(step) {
                console.answer(
                    text: TextReport.explanation(explanation, console.style),
                    json: JSONReport.explanation(explanation))
                return 0
            }
            let found = ConsoleText.steps(for: typed)
            guard !found.isEmpty else {
                let steps = StepID.allCases.map(\.rawValue).joined(separator: ", ")
                let excerpt = TypedText(typed).excerpt
                // A single word was meant to be a step.
                guard typed.contains(where: \.isWhitespace) else {
                    throw Refusal.usage("no step is called '\(excerpt)'", hint: "the steps are \(steps)")
                }
                throw Refusal(
                    "nothing is known about '\(excerpt)'",
                    hint: "try the last line before the machine stopped")
            }
            // Only root can look whether it is so here; without a look the words stand alone.
            guard Rights.isRoot else { return answer(found, here: nil, console) }
            return try guarded(console, otherwise: { answer(found, here: nil, console) }) {
                answer(found, here: diagnosis(console), console)
            }
        }

        private func answer(_ found: [(StepID, [ConsoleText])], here: Diagnosis?, _ console: Console) -> Int32
        {
            console.answer(
                text: TextReport.consoleText(found, here: here, console.style),
                json: JSONReport.consoleText(found, here: here))
            return 0
        }

        /// Of the one system that the text can be about: the one that does not run, else the one that does.
        private func diagnosis(_ console: Console) -> Diagnosis? {
            let looking = Looking(console: console, includeRunning: true, mayAsk: false)
            guard let survey = try? looking.survey(Progress(console)) else { return nil }
            let resting = survey.installations.filter { !$0.runsHere }
            let candidates = resting.isEmpty ? survey.installations : resting
            guard candidates.count == 1 else { return nil }
            return Diagnosis.of(survey, candidates[0])
        }
    }
}
