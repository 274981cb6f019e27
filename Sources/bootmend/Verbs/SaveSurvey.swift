import ArgumentParser
import Machine
import Report

extension Verbs {
    /// `survey`: saves the evidence, to be judged anywhere.
    struct SaveSurvey: Verb {
        static let configuration = CommandConfiguration(
            commandName: "survey",
            abstract: "Save the evidence, for 'bootmend diagnose --survey' anywhere. Changes nothing.",
            usage: "bootmend survey [<disk|image> ...] [-o <file>]")

        @Argument(help: "Disks or image files; all disks where none is named.")
        var disks: [String] = []

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("Where to save it; standard output where none is named.", valueName: "file"))
        var output: String?

        @Option(help: ArgumentHelp("Passphrase for LUKS, where no terminal asks for it.", valueName: "file"))
        var passphraseFile: String?

        @OptionGroup var common: CommonOptions

        func perform(_ console: Console) throws -> Int32 {
            let looking = Looking(
                console: console, disks: disks, includeRunning: true, passphraseFile: passphraseFile)
            try looking.checkDisks()
            try checkOutput()
            try Refusal.unlessRoot("look into disks")
            return try guarded(console) {
                let survey = try looking.survey(Progress(console)).withoutSecrets()
                if let output {
                    try SavedSurvey.write(survey, to: output)
                    let systems = survey.installations.count
                    console.answer(
                        text: TextReport.notes(
                            ["the survey is in \(output); installed systems in it: \(systems)"],
                            console.style),
                        json: .object([
                            "schema": .integer(1), "path": .string(output),
                            "installations": .integer(systems),
                        ]))
                } else {
                    let bytes = try Document.bytes(of: survey, called: "the survey")
                    console.put(String(decoding: bytes, as: UTF8.self))
                }
                guard let shortcoming = survey.shortcoming(on: disks) else { return 0 }
                // The evidence is saved all the same: it may be what somebody else has to see.
                console.warn(shortcoming.message)
                return shortcoming.status
            }
        }

        /// Said before a look that may be long, and that must not change what it looks at.
        private func checkOutput() throws(Refusal) {
            guard let output else { return }
            let place = NamedFile.identity(output)
            if place != nil, let disk = disks.first(where: { NamedFile.identity($0) == place }) {
                throw .usage(
                    "the survey would overwrite '\(disk)', which it is about",
                    hint: "save it under another name with -o")
            }
            do {
                try NamedFile.checkWritable(output)
            } catch {
                var refusal = Refusal(error, status: ExitStatus.usage)
                refusal.hint = "name a file that can be written with -o; nothing was looked at yet"
                throw refusal
            }
        }
    }
}
