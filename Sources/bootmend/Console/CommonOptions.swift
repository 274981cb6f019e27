import ArgumentParser
import Report

/// What every verb understands.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Answer with one JSON document on standard output.")
    var json = false

    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color = Style.Colour.auto

    @Flag(name: .shortAndLong, help: "Only say what is wrong.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more: also what is in order, and what proves it.")
    var verbose = false

    func console() -> Console {
        Console(json: json, colour: color, isQuiet: quiet, isVerbose: verbose)
    }
}

extension Style.Colour: ExpressibleByArgument {}
