import ArgumentParser
import Diagnosing
import Machine
import Report
import Surveying

extension Verbs {
    /// `diagnose`: which step was skipped, and would the machine boot. Changes nothing.
    struct Diagnose: Verb {
        static let configuration = CommandConfiguration(
            commandName: "diagnose",
            abstract: "Which step of the migration was skipped, and would it boot? Changes nothing.",
            usage:
                "bootmend diagnose [<disk|image> ... | --survey <file>] [--root <spec>] [--hardware <kind>]")

        @Argument(help: "Disks, or image files in the order of the disks; all disks where none is named.")
        var disks: [String] = []

        @Option(help: ArgumentHelp("Judge a saved survey instead.", valueName: "file"))
        var survey: String?

        @Option(
            help: ArgumentHelp("The installed system: its device, UUID=…, or machine-id.", valueName: "spec"))
        var root: String?

        @Option(
            help: ArgumentHelp(
                "Judge it for another machine: has the initramfs the drivers of its disks?", valueName: "kind"
            ))
        var hardware: Hardware?

        @Option(help: ArgumentHelp("Passphrase for LUKS, where no terminal asks for it.", valueName: "file"))
        var passphraseFile: String?

        @OptionGroup var common: CommonOptions

        func validate() throws {
            if survey != nil && !disks.isEmpty {
                throw ValidationError("either disks or --survey, not both")
            }
            if survey != nil && passphraseFile != nil {
                throw ValidationError(
                    "--passphrase-file unlocks disks; of a saved survey nothing is unlocked")
            }
        }

        func perform(_ console: Console) throws -> Int32 {
            if let survey {
                let saved = try SavedSurvey.read(survey)
                return try answer(saved, console, lead: "As surveyed in \(survey).", next: [])
            }
            let looking = Looking(
                console: console, disks: disks, includeRunning: root == "/", root: root,
                passphraseFile: passphraseFile)
            try looking.checkDisks()
            try Refusal.unlessRoot("look into disks")
            return try guarded(console) {
                let survey = try looking.survey(Progress(console))
                let rescue = "bootmend rescue" + (root.map { " --root \($0)" } ?? "")
                return try answer(survey, console, lead: "Looking only.", next: disks.isEmpty ? [rescue] : [])
            }
        }

        private func answer(_ survey: Survey, _ console: Console, lead: String, next: [String]) throws
            -> Int32
        {
            let choosing = Choosing(console: console, spec: root, disks: disks, file: self.survey)
            let installation = try choosing.installation(of: survey)
            let diagnosis = Diagnosis.of(survey, installation, hardware: hardware)
            return Answer(console).diagnosis(diagnosis, lead: lead, next: next)
        }
    }
}

extension Hardware: ExpressibleByArgument {}
