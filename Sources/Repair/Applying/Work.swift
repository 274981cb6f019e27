import BootFiles
import Changes
import Glibc
import Machine

/// One change being made in the open target.
struct Work {
    let application: Application
    let root: RootDirectory
    let number: Int

    var target: RepairTarget { application.target }
    var journal: Journal { application.journal }
    var saving: Saving { Saving(journal: journal, root: root, change: number) }

    func perform(_ change: Change) throws {
        switch change {
        case .open: break
        case .writeFile(let path, let text, let was, let mode):
            try writeFile(path, text: text, was: was, mode: mode)
        case .build(let path, let output, let command, let result):
            try build(path, output: output, command, result)
        case .copy(let old, let files, _): try copy(from: old, files)
        case .installBootLoader(let disk, let area, let directory, let command):
            try installBootLoader(disk, area, directory, command)
        case .installLoaders(let esp, let files, let source): try installLoaders(on: esp, files, from: source)
        case .run(let command, let touching):
            for path in touching { try saving.save(path) }
            try run(command)
            if let path = touching.first(where: isBoot) { try Place.existing(path, in: root).settle() }
        // No plan that was made holds one; one that was edited might.
        case .byHand(let lines, _):
            throw RepairFailure("this is left to you: \(lines.joined(separator: "; "))")
        }
    }

    /// Replacing a file of /boot has to be seen by GRUB, which reads no log.
    func isBoot(_ path: String) -> Bool { target.settlesBoot && path.hasPrefix("/boot/") }

    /// Runs a tool inside the target; `harmless` ones, which write beside, are killed when the person wants to stop,
    /// others are left to finish what they are at.
    func run(_ command: Command, harmless: Bool = false) throws {
        let temporary = TemporaryFiles(in: root)
        let log = try journal.openLog()
        try log.say("# \(command)\n")
        let (progress, number, isInterrupted) = (application.progress, number, target.isInterrupted)
        let result = try command.run(
            Surroundings(
                root: target.root, confined: true, patience: target.patience, log: log.number,
                onTick: { progress(.ticked(number: number, seconds: $0)) },
                stop: { isInterrupted() && harmless }))
        withExtendedLifetime(log) {}
        journal.keepLog()
        if !result.succeeded { temporary.removeNew() }
        if result.stopped { throw RepairFailure.interruption }
        guard !result.succeeded else { return }
        throw RepairFailure(
            "'\(command)' \(Self.end(of: result, patience: target.patience))",
            lines: result.complaint.split(separator: "\n").map(String.init))
    }

    private static func end(of result: ChildResult, patience: Int) -> String {
        if result.timedOut { return "did not end within \(patience / 1000) seconds" }
        if result.status > 128, let name = strsignal(result.status - 128) {
            return "was ended by a signal: \(String(cString: name))"
        }
        return "exited with \(result.status)"
    }
}

extension Descriptor {
    /// Adds a line to an open log.
    func say(_ text: String) throws(SystemError) {
        let bytes = Array(text.utf8)
        let number = number
        try check(minusOne: { Glibc.write(number, bytes, bytes.count) }, "write", "the log")
    }
}
