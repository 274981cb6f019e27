import ArgumentParser
import Report

extension Verbs {
    /// `scan`: the disks, what is on them, and the installed systems.
    struct Scan: Verb {
        static let configuration = CommandConfiguration(
            commandName: "scan", abstract: "Disks, what is on them, and installed systems. Changes nothing.",
            usage: "bootmend scan [<disk|image> ...]")

        @Argument(help: "Disks or image files; all disks where none is named.")
        var disks: [String] = []

        @Option(help: ArgumentHelp("Passphrase for LUKS, where no terminal asks for it.", valueName: "file"))
        var passphraseFile: String?

        @OptionGroup var common: CommonOptions

        func perform(_ console: Console) throws -> Int32 {
            let looking = Looking(console: console, disks: disks, passphraseFile: passphraseFile)
            try looking.checkDisks()
            try Refusal.unlessRoot("look into disks")
            return try guarded(console) {
                let survey = try looking.survey(Progress(console))
                console.answer(text: TextReport.scan(survey, console.style), json: JSONReport.scan(survey))
                return survey.shortcoming(on: disks)?.status ?? 0
            }
        }
    }
}
