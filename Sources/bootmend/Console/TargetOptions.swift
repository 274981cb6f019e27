import ArgumentParser

/// Which installed system, for the verbs that work in it.
struct TargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The installed system: its device, UUID=…, or machine-id.", valueName: "spec"))
    var root: String?

    @Option(help: ArgumentHelp("Passphrase for LUKS, where no terminal asks for it.", valueName: "file"))
    var passphraseFile: String?

    func looking(_ console: Console) -> Looking {
        Looking(console: console, includeRunning: root == "/", passphraseFile: passphraseFile)
    }
}
