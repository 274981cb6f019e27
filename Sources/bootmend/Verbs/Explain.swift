import ArgumentParser
import Changes
import Report

extension Verbs {
    /// `explain`: what a step is, or what a line on the console means.
    struct Explain: Verb {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract: "What a step or a line on the console means, how to see it, how it is mended.",
            usage: "bootmend explain <step> | \"<console text>\"")

        @Argument(help: "A step, or text from the console of a machine that does not boot.")
        var text: [String]

        @OptionGroup var common: CommonOptions

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
                // A single word was meant to be a step.
                guard typed.contains(" ") else {
                    throw Refusal.usage("no step is called '\(typed)'", hint: "the steps are \(steps)")
                }
                throw Refusal(
                    "nothing is known about '\(typed)'", hint: "try the last line before the machine stopped")
            }
            console.answer(
                text: TextReport.consoleText(typed, found, console.style), json: JSONReport.consoleText(found)
            )
            return 0
        }
    }
}
