import ArgumentParser
import Report

/// Which installed system, for the verbs that work in it.
struct TargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The installed system: its device, UUID=…, or machine-id.", valueName: "spec"))
    var root: String?

    @Option(help: ArgumentHelp("Passphrase for LUKS, where no terminal asks for it.", valueName: "file"))
    var passphraseFile: String?

    func looking(_ console: Console) -> Looking {
        Looking(
            console: console, includeRunning: root == "/", root: root, passphraseFile: passphraseFile)
    }
}

/// How the verbs that open an installed system by hand do it.
struct OpeningOptions: ParsableArguments {
    @Flag(help: "As a look does it: no byte of a disk is changed.")
    var readOnly = false

    @Flag(help: "Do not ask before opening it for writing.")
    var yes = false

    /// Said before any work: where nobody can be asked, the answer has to be given.
    func check(_ console: Console) throws(Refusal) {
        guard readOnly || yes || console.terminal.canAsk else {
            throw .usage("opening for writing has to be agreed to: --yes, or --read-only to look")
        }
    }

    /// Throws where the person says no.
    func agree(to way: Target.Way, _ console: Console) throws(Refusal) {
        guard !yes else { return }
        console.say(TextReport.notes(way.lines, console.sideStyle))
        guard try console.agrees(to: "Open it for writing?") else {
            throw Refusal("not opened: not agreed to")
        }
    }
}
