import ArgumentParser
import Glibc
import Machine
import Report

/// Where answers, progress and complaints go: the answer to standard output, everything about the work beside it.
struct Console: Sendable {
    let json: Bool
    let isQuiet: Bool
    let isVerbose: Bool
    let terminal = Terminal()
    /// The style of the answer.
    let style: Style
    /// The style of what goes to standard error.
    let sideStyle: Style

    init(json: Bool, colour: Style.Colour, isQuiet: Bool, isVerbose: Bool) {
        self.json = json
        self.isQuiet = isQuiet
        self.isVerbose = isVerbose
        style = Self.style(.output, colour, terminal)
        sideStyle = Self.style(.error, colour, terminal)
    }

    private static func style(_ stream: Terminal.Stream, _ colour: Style.Colour, _ terminal: Terminal)
        -> Style
    {
        Style.suiting(
            columns: terminal.isTerminal(stream) ? terminal.columns(stream) : nil, colour: colour,
            variable: terminal.variable)
    }

    /// The answer, in the form that was asked for.
    func answer(text: @autoclosure () -> String, json document: @autoclosure () -> JSON) {
        put(json ? document().text : text())
    }

    /// Writes to standard output. An answer that did not arrive is none: whoever reads the status has to know.
    func put(_ text: String) {
        do {
            try terminal.write(text, to: .output)
        } catch {
            say(TextReport.failure(message: error.description, hint: nil, sideStyle))
            Glibc.exit(ExitStatus.unknown)
        }
    }

    /// Something for the person beside the answer; with `--json` it does not touch the document.
    ///
    /// Where it goes may be gone, as a serial line that was hung up; the work goes on without it.
    func say(_ text: String) { try? terminal.write(text, to: .error) }

    func warn(_ message: String) { say(TextReport.warning(message, sideStyle)) }

    /// A document of its own on standard output where JSON was asked for, a line on standard error otherwise.
    func complain(_ refusal: Refusal) {
        if json {
            put(JSONReport.failure(message: refusal.message, hint: refusal.hint).text)
        } else {
            say(TextReport.failure(message: refusal.message, hint: refusal.hint, sideStyle))
        }
    }

    /// A yes, asked for; no is what silence and everything unclear come to.
    func agrees(to question: String) throws(Refusal) -> Bool {
        while true {
            guard let answer = terminal.ask(question + " [y/N] ") else {
                say("\n")
                throw .interrupted
            }
            switch answer.lowercased().filter({ !$0.isWhitespace }) {
            case "y", "yes": return true
            case "", "n", "no": return false
            default: say("Please answer y or n.\n")
            }
        }
    }
}
