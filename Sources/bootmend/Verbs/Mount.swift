import ArgumentParser
import Diagnosing
import Machine
import Repair
import Report
import Surveying
import Sysimage

extension Verbs {
    /// `mount`: puts an installed system under /mnt/sysimage, for work by hand.
    struct Mount: Verb {
        static let configuration = CommandConfiguration(
            commandName: "mount", abstract: "Mount an installed system under /mnt/sysimage, for work by hand."
        )

        @OptionGroup var opening: OpeningOptions

        @OptionGroup var target: TargetOptions
        @OptionGroup var common: CommonOptions

        func perform(_ console: Console) throws -> Int32 {
            try Refusal.unlessRoot("mount")
            let lock = try RunLock()
            defer { withExtendedLifetime(lock) {} }
            if let state = try SysimageState.load() {
                return answer(state, "\(state.name) is mounted under \(state.tree.path) already", console)
            }
            try opening.check(console)
            let survey = try surveyApart(target.looking(console))
            let installation = try Choosing(console: console, spec: target.root).installation(of: survey)
            let tree: MountedTree
            if opening.readOnly {
                tree = try TargetLook.tree(survey, installation, at: MountedTree.usualPath)
            } else {
                let way = try Target.Way(survey, installation)
                guard try opening.isAgreed(way, console) else { return 0 }
                Interrupts.catchAll()
                tree = try Target(
                    way, passphrase: try console.passphrase(from: target.passphraseFile),
                    progress: Progress(console)
                ).tree
            }
            let name = installation.release.prettyName ?? installation.release.id
            let state = SysimageState(
                tree: tree, root: installation.root, isReadOnly: opening.readOnly, name: name)
            try state.save()
            console.tell(tree.skipped)
            return answer(
                state, "\(name) is mounted under \(tree.path)\(opening.readOnly ? ", read-only" : "")",
                console)
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
