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
            try Target.closeLeftovers()
            let lock = try RunLock()
            defer { withExtendedLifetime(lock) {} }
            if let state = try SysimageState.whole() {
                return answer(state, "\(state.name) is mounted under \(state.tree.path) already", console)
            }
            try opening.check(console)
            let survey = try surveyApart(target.looking(console))
            let installation = try Choosing(console: console, spec: target.root).installation(of: survey)
            let way = opening.readOnly ? nil : try Target.Way(survey, installation, forced: [.cutShort])
            if let way { try opening.agree(to: way, console) }
            let state = try mounted(survey, installation, way, console)
            console.tell(state.tree.skipped)
            return answer(
                state,
                "\(state.name) is mounted under \(state.tree.path)\(state.isReadOnly ? ", read-only" : "")",
                console)
        }

        /// Leaves the tree where it is and in the record, or, after an interrupt, neither.
        private func mounted(
            _ survey: Survey, _ installation: Installation, _ way: Target.Way?, _ console: Console
        ) throws -> SysimageState {
            func state(_ tree: MountedTree, isWhole: Bool) -> SysimageState {
                SysimageState(
                    tree: tree, root: installation.root, isReadOnly: way == nil,
                    name: installation.release.prettyName ?? installation.release.id, isWhole: isWhole)
            }
            let recording: MountedTree.Recording = { tree throws(SystemError) in
                try state(tree, isWhole: false).save()
            }
            let passphrase = try console.passphrase(from: target.passphraseFile)
            Interrupts.catchAll()
            let tree: MountedTree
            do {
                if let way {
                    tree = try Target(
                        way, passphrase: passphrase, progress: Progress(console), recording: recording
                    ).tree
                } else {
                    tree = try TargetLook.tree(
                        survey, installation, at: MountedTree.usualPath,
                        passphrase: try Looking.passphrase(console, from: target.passphraseFile, before: {}),
                        console, recording: recording)
                }
            } catch {
                // Without its root nothing of it is left mounted.
                SysimageState.forget()
                if Interrupts.count > 0 { throw Refusal.interrupted }
                throw error
            }
            var whole = state(tree, isWhole: true)
            do {
                try whole.save()
                guard Interrupts.count == 0 else { throw Refusal.interrupted }
            } catch {
                for failure in whole.takeDown() { console.warn(failure.description) }
                throw error
            }
            return whole
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
