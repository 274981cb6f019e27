import ArgumentParser
import Machine
import Repair
import Report
import Surveying
import Sysimage

extension Verbs {
    /// `shell`: a shell, or one command, inside the installed system.
    struct Shell: Verb {
        static let configuration = CommandConfiguration(
            commandName: "shell", abstract: "A shell, or one command, inside the installed system.",
            usage: "bootmend shell [--read-only | --yes] [--root <spec>] [-- <command> ...]")

        @Argument(parsing: .postTerminator, help: "A command with its arguments, instead of a shell.")
        var command: [String] = []

        @OptionGroup var opening: OpeningOptions

        @OptionGroup var target: TargetOptions
        @OptionGroup var common: CommonOptions

        func perform(_ console: Console) throws -> Int32 {
            let failing = Failing(of: command)
            return try failing.status {
                try Refusal.unlessRoot("enter an installed system")
                guard !command.isEmpty || console.terminal.canAsk else {
                    throw Refusal.usage("a shell needs a terminal; give a command: bootmend shell -- COMMAND")
                }
                if let status = try inMounted(console) { return status }
                try opening.check(console)
                return try guarded(console, opens: true) { try failing.status { try inPrivate(console) } }
            }
        }

        /// In what `mount` has put there; nil where nothing is.
        private func inMounted(_ console: Console) throws -> Int32? {
            // Several shells may be in it; `umount` is refused until the last has gone.
            let lock = try RunLock(isShared: true)
            defer { withExtendedLifetime(lock) {} }
            guard let state = try SysimageState.whole() else { return nil }
            return try run(in: state.tree, state.name, console)
        }

        /// Opens the system for the shell alone, and closes it at its end.
        private func inPrivate(_ console: Console) throws -> Int32 {
            try Target.closeLeftovers()
            let lock = try RunLock()
            defer { withExtendedLifetime(lock) {} }
            let survey = try target.looking(console).survey(Progress(console))
            let installation = try Choosing(console: console, spec: target.root).installation(of: survey)
            let name = installation.hostName ?? installation.release.id
            if opening.readOnly {
                var tree = try TargetLook.tree(
                    survey, installation, at: MountedTree.usualPath,
                    passphrase: try Looking.passphrase(console, from: target.passphraseFile, before: {}),
                    console)
                defer { for failure in tree.unmount() { console.warn(failure.description) } }
                return try run(in: tree, name, console)
            }
            let way = try Target.Way(survey, installation, forced: [.cutShort])
            try opening.agree(to: way, console)
            Interrupts.catchAll()
            var opened = try Target(
                way, passphrase: try console.passphrase(from: target.passphraseFile),
                progress: Progress(console))
            console.tell(opened.tree.skipped)
            defer { for failure in opened.close() { console.warn(failure.description) } }
            guard Interrupts.count == 0 else { throw Refusal.interrupted }
            return try run(in: opened.tree, name, console)
        }

        private func run(in tree: MountedTree, _ host: String, _ console: Console) throws -> Int32 {
            try TreeShell(in: tree, host: host, terminal: console.terminal.variable("TERM")).run(command)
        }
    }

    /// With a command, the status is the command's; what is bootmend's own failing has a number of its own.
    private struct Failing {
        let hasCommand: Bool

        init(of command: [String]) { hasCommand = !command.isEmpty }

        func status(_ work: () throws -> Int32) throws -> Int32 {
            guard hasCommand else { return try work() }
            do {
                return try work()
            } catch let refusal as Refusal where refusal.status != ExitStatus.unknown {
                throw refusal
            } catch let refusal as Refusal {
                throw Refusal(refusal.message, hint: refusal.hint, status: ExitStatus.shellFailed)
            } catch let error as SystemError {
                throw Refusal(error, status: ExitStatus.shellFailed)
            }
        }
    }
}
