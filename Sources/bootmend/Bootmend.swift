import ArgumentParser
import Glibc
import Machine
import Report

/// The command line. One file per verb lies in Verbs/.
@main
struct Bootmend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootmend",
        abstract: "Find out why a Linux system does not boot, and put it right.",
        version: "bootmend " + version,
        groupedSubcommands: [
            CommandGroup(
                name: "Look",
                subcommands: [
                    Verbs.Diagnose.self, Verbs.Check.self, Verbs.Verify.self, Verbs.Scan.self,
                    Verbs.SaveSurvey.self,
                    Verbs.Explain.self,
                ]),
            CommandGroup(
                name: "Change",
                subcommands: [Verbs.Rescue.self, Verbs.Mount.self, Verbs.Umount.self, Verbs.Shell.self]),
            CommandGroup(name: "Undo", subcommands: [Verbs.Undo.self]),
        ])

    static let version = "0.1.0"

    static func main() {
        Interrupts.ignoreBrokenPipes()
        FreedMemory.keep()
        Glibc.exit(status(of: ProgramArguments.all))
    }

    private static func status(of arguments: [String]) -> Int32 {
        if arguments.isEmpty || ["-h", "--help", "help"].contains(arguments.first) && arguments.count == 1 {
            console(arguments).put(HelpText.whole)
            return 0
        }
        if arguments[0] == "help" { return help(on: Array(arguments.dropFirst())) }
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            return explain(error, of: arguments)
        }
    }

    /// `help VERB` and `help TOPIC`.
    private static func help(on words: [String]) -> Int32 {
        let console = console(words)
        func wrong(_ message: String) -> Int32 {
            console.complain(.usage(message, hint: "see 'bootmend help'"))
            return ExitStatus.usage
        }
        if console.json { return wrong("help is text, and has no JSON form") }
        guard words.count == 1, let word = words.first else { return wrong("help is on one word") }
        if let topic = HelpText.topics[word] {
            console.put(topic)
        } else if let verb = configuration.subcommands.first(where: { $0.configuration.commandName == word })
        {
            console.put(HelpText.wrapped(helpMessage(for: verb, columns: HelpText.columns)))
        } else {
            return wrong("there is no help on '\(word)'")
        }
        return 0
    }

    // Before any option is parsed.
    private static func console(_ arguments: [String]) -> Console {
        Console(json: arguments.contains("--json"), colour: .auto, isQuiet: false, isVerbose: false)
    }

    /// Help and version go to standard output; wrong usage is one line and the place to read on.
    private static func explain(_ error: any Error, of arguments: [String]) -> Int32 {
        guard exitCode(for: error) != .success else {
            console(arguments).put(
                HelpText.wrapped(fullMessage(for: error, columns: HelpText.columns)) + "\n")
            return 0
        }
        let verb = arguments.first { !$0.hasPrefix("-") }
        let isKnown = verb.map(names.contains) ?? false
        let isVerb = isKnown || verb == nil || verb != arguments.first
        let place = isKnown ? "'bootmend help \(verb ?? "")'" : "'bootmend help'"
        let complaint = oneLine(message(for: error)) ?? "wrong usage"
        let message = isVerb ? complaint : "no command is called '\(verb ?? "")'"
        console(arguments).complain(
            .usage(message.prefix(1).lowercased() + message.dropFirst(), hint: "see \(place)"))
        return ExitStatus.usage
    }

    // A list of what is allowed follows on lines of its own.
    private static func oneLine(_ message: String) -> String? {
        let lines = message.split(separator: "\n").map { line in
            let text = line.drop { $0 == " " }
            return text.hasPrefix("- ") ? text.dropFirst(2) : text
        }
        guard let first = lines.first else { return nil }
        guard first.hasSuffix(":") else { return String(first) }
        return first + " " + lines.dropFirst().joined(separator: ", ")
    }

    private static var names: [String] {
        configuration.subcommands.compactMap { $0.configuration.commandName }
    }
}

/// The verbs, one in each file of this folder.
enum Verbs {}
