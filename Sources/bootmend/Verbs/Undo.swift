import ArgumentParser
import Machine

extension Verbs {
    /// `undo`: puts back what a rescue changed.
    struct Undo: Verb {
        static let configuration = CommandConfiguration(
            commandName: "undo", abstract: "Put back what a rescue changed: the newest, or the one named.",
            usage: "bootmend undo [<id>] [--even-if-changed] [--root <spec>] [--journal <directory>]")

        @Argument(help: "What the rescue said at its end.")
        var id: String?

        @Flag(help: "Also what somebody has changed since.")
        var evenIfChanged = false

        @Option(
            help: ArgumentHelp("Where the rescue was told to keep what was there.", valueName: "directory"))
        var journal: String?

        @OptionGroup var target: TargetOptions
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard let id else { return }
            guard !id.isEmpty, id.allSatisfy({ $0.isASCII && $0.isNumber }) else {
                throw ValidationError("'\(id)' is no number of a rescue")
            }
        }

        func perform(_ console: Console) throws -> Int32 {
            try Refusal.unlessRoot("put back what a rescue changed")
            try Refusal.ifMounted()
            return try guarded(console, opens: true) {
                try Undoing(
                    console: console, target: target, id: id, evenIfChanged: evenIfChanged,
                    journal: journal.map(NamedFile.absolute)
                ).run()
            }
        }
    }
}
