import Changes

/// What a step of the migration is, for someone who has just been told that it was skipped.
package struct Explanation: Sendable, Hashable {
    package var step: StepID
    /// What it is and what it is for.
    package var meaning: String
    /// When it counts as done.
    package var done: String
    /// Commands that show how it stands.
    package var see: [String]
    /// Commands that redo it by hand, inside the installed system, per family.
    package var mend: [Mending]
    /// What the console shows when it was skipped.
    package var symptoms: [ConsoleText]

    /// How one family of distributions redoes a step.
    package struct Mending: Sendable, Hashable {
        package var family: String
        package var commands: [String]
        init(_ family: String, _ commands: String...) {
            self.family = family
            self.commands = commands
        }
    }

    /// One for each step, in their order.
    package static let all: [Explanation] = [
        partitionTable, mdArray, bootCopy, mdadmConf, fstab, lvmMirror, initramfs, cmdline, grubConfig,
        grubInstall,
        sync,
    ]

    package static func of(_ step: StepID) -> Explanation? { all.first { $0.step == step } }
}
