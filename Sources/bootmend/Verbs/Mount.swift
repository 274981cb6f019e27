import ArgumentParser
import Diagnosing
import Machine
import Report
import Surveying
import Sysimage

extension Verbs {
    /// `mount`: puts an installed system under /mnt/sysimage, for work by hand.
    struct Mount: Verb {
        static let configuration = CommandConfiguration(
            commandName: "mount", abstract: "Mount an installed system under /mnt/sysimage, for work by hand."
        )

        @Flag(help: "As a look does it: no byte of a disk is changed.")
        var readOnly = false

        @Flag(help: "Do not ask before opening it for writing.")
        var yes = false

        @OptionGroup var target: TargetOptions
        @OptionGroup var common: CommonOptions

        func perform(_ console: Console) throws -> Int32 {
            try Refusal.unlessRoot("mount")
            if let state = try SysimageState.load() {
                return answer(state, "\(state.name) is mounted under \(state.tree.path) already", console)
            }
            guard readOnly || yes || console.terminal.canAsk else {
                throw Refusal.usage("mounting for writing has to be agreed to: --yes, or --read-only to look")
            }
            let survey = try surveyApart(target.looking(console))
            let installation = try Choosing(console: console, spec: target.root).installation(of: survey)
            let tree: MountedTree
            if readOnly {
                tree = try TargetLook.tree(survey, installation, at: MountedTree.usualPath)
            } else {
                let way = try Target.Way(survey, installation)
                guard try agreed(way, console) else { return 0 }
                Interrupts.catchAll()
                tree = try Target(
                    way, passphrase: try console.passphrase(from: target.passphraseFile),
                    progress: Progress(console)
                ).tree
            }
            let name = installation.release.prettyName ?? installation.release.id
            let state = SysimageState(tree: tree, root: installation.root, isReadOnly: readOnly, name: name)
            try state.save()
            console.tell(tree.skipped)
            return answer(
                state, "\(name) is mounted under \(tree.path)\(readOnly ? ", read-only" : "")", console)
        }

        private func agreed(_ way: Target.Way, _ console: Console) throws -> Bool {
            guard !yes else { return true }
            console.say(TextReport.notes(way.lines, console.sideStyle))
            return try console.agrees(to: "Open it for writing?")
        }

        private func answer(_ state: SysimageState, _ sentence: String, _ console: Console) -> Int32 {
            console.answer(
                text: TextReport.done(sentence, next: ["bootmend shell", "bootmend umount"], console.style),
                json: .object([
                    "schema": .integer(1), "path": .string(state.tree.path),
                    "read_only": .bool(state.isReadOnly),
                    "mounts": .strings(state.tree.mounts),
                    "skipped": .array(state.tree.skipped) {
                        .object(["target": .string($0.target), "reason": .string($0.reason)])
                    },
                ]))
            return 0
        }
    }
}
