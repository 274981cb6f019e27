import ArgumentParser
import Changes
import Diagnosing
import Machine

extension Verbs {
    /// `rescue`: finds, diagnoses, plans, asks, redoes, proves.
    struct Rescue: Verb {
        static let configuration = CommandConfiguration(
            commandName: "rescue",
            abstract: "Redo the skipped steps of an installed system, and prove that it boots.",
            usage: """
                bootmend rescue [--plan [-o <file>] | --apply <file> | --yes] [--improve] [--only <step> ...] \
                [--again <step> ...] [--confirm <device> ...] [--force <reason> ...] [--root <spec>] \
                [--journal <directory>] [--passphrase-file <file>]
                """,
            discussion: """
                Shows what is wrong and what it would do, and does it if you agree. Every change can be taken back with \
                'bootmend undo'; only opening the system for writing cannot.
                """)

        @Flag(help: "Show the plan and change nothing.")
        var plan = false

        @Option(name: .shortAndLong, help: ArgumentHelp("Save the plan, for --apply.", valueName: "file"))
        var output: String?

        @Option(help: ArgumentHelp("Carry out a saved plan.", valueName: "file"))
        var apply: String?

        @Flag(help: "Do not ask: open the system for writing, and make every change that can be undone.")
        var yes = false

        @Flag(help: "Also what makes more than was there before, such as booting on one disk.")
        var improve = false

        @Option(parsing: .upToNextOption, help: ArgumentHelp("Only these steps.", valueName: "step"))
        var only: [String] = []

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp("These steps, although they are done.", valueName: "step"))
        var again: [String] = []

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp(
                "Agree to a change that puts the data of this device at stake.", valueName: "device"))
        var confirm: [String] = []

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp(
                "Go on although there is this reason not to, where that can be right.", valueName: "reason"))
        var force: [String] = []

        @Option(help: ArgumentHelp("Keep what was there before in this directory.", valueName: "directory"))
        var journal: String?

        @OptionGroup var target: TargetOptions
        @OptionGroup var common: CommonOptions

        func validate() throws {
            _ = try steps(only) + steps(again)
            _ = try reasons(force)
            if [plan, apply != nil, yes].count(where: \.self) > 1 {
                throw ValidationError("one of --plan, --apply and --yes, not several")
            }
            if apply != nil, improve || !only.isEmpty || !again.isEmpty || !confirm.isEmpty {
                throw ValidationError(
                    "--apply carries out the plan as it was saved, without --only, --again, --improve and --confirm"
                )
            }
            if output != nil && !plan { throw ValidationError("-o saves the plan of --plan") }
        }

        func perform(_ console: Console) throws -> Int32 {
            guard plan || apply != nil || yes || console.terminal.canAsk && !console.json else {
                throw Refusal.usage(
                    "without a terminal nobody can agree: one of --plan, --apply FILE and --yes is needed")
            }
            let saved = try apply.map { try SavedPlan.read($0) }
            try Refusal.unlessRoot("rescue an installed system")
            try Refusal.ifMounted()
            let mode: RescueWork.Mode =
                if let saved { .apply(saved) } else if plan { .show(saving: output) } else {
                    .ask(unless: yes)
                }
            let options = PlanOptions(
                improve: improve, only: try steps(only), again: try steps(again), confirmed: confirm,
                forced: Set(try reasons(force)))
            return try guarded(console, opens: true) {
                try RescueWork(
                    console: console, target: target, mode: mode, options: options,
                    journal: journal.map(NamedFile.absolute)
                ).run()
            }
        }

        private func steps(_ words: [String]) throws -> [StepID] {
            try Self.known(words, "no step is called", "the steps are")
        }

        private func reasons(_ words: [String]) throws -> [PlanRefusal.Reason] {
            try Self.known(words, "no reason is called", "the reasons are")
        }

        /// Words of a closed list, commas between them allowed.
        private static func known<Word: RawRepresentable<String> & CaseIterable>(
            _ words: [String], _ no: String, _ list: String
        ) throws -> [Word] {
            try words.flatMap { $0.split(separator: ",") }.map { word in
                guard let known = Word(rawValue: String(word)) else {
                    let all = Word.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("\(no) '\(word)'; \(list) \(all)")
                }
                return known
            }
        }
    }
}
