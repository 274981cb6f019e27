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
        Glibc.exit(status(of: ProgramArguments.all))
    }

    private static func status(of arguments: [String]) -> Int32 {
        if arguments.isEmpty || ["-h", "--help", "help"].contains(arguments.first) && arguments.count == 1 {
            Terminal().write(HelpText.whole, to: .output)
            return 0
        }
        if arguments.count == 2, arguments[0] == "help", let topic = HelpText.topics[arguments[1]] {
            Terminal().write(topic, to: .output)
            return 0
        }
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

    /// Help and version go to standard output; wrong usage is one line and the place to read on.
    private static func explain(_ error: any Error, of arguments: [String]) -> Int32 {
        guard exitCode(for: error) != .success else {
            Terminal().write(fullMessage(for: error) + "\n", to: .output)
            return 0
        }
        let verb = arguments.first { !$0.hasPrefix("-") }
        let isKnown = verb.map(names.contains) ?? false
        let isVerb = isKnown || verb == nil || verb != arguments.first
        let place = isKnown ? "'bootmend help \(verb ?? "")'" : "'bootmend help'"
        let complaint = oneLine(message(for: error)) ?? "wrong usage"
        let message = isVerb ? complaint : "no command is called '\(verb ?? "")'"
        let console = Console(
            json: arguments.contains("--json"), colour: .auto, isQuiet: false, isVerbose: false)
        console.complain(.usage(message.prefix(1).lowercased() + message.dropFirst(), hint: "see \(place)"))
        return ExitStatus.usage
    }

    // A list of what is allowed follows on lines of its own.
    private static func oneLine(_ message: String) -> String? {
        let lines = message.split(separator: "\n").map { $0.drop { " -".contains($0) } }
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
