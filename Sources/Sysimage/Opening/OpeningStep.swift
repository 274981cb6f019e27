import Machine
import Storage

/// One thing done to reach a volume for writing: an array assembled, a group activated, a container unlocked.
package struct OpeningStep: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The level decides the kernel module.
        case assemble(level: Int, members: [String])
        case activate(group: String)
        /// Asks for the passphrase of this volume.
        case unlock(Volume)
    }

    package var kind: Kind
    /// As a line of the plan: "Assemble /dev/md0 from /dev/sda1 and /dev/sdb1".
    package var title: String
    package var command: Command
    /// Takes it away again.
    package var undo: Command
    /// The nodes that are there afterwards.
    package var nodes: [String]

    package init(kind: Kind, title: String, command: Command, undo: Command, nodes: [String]) {
        self.kind = kind
        self.title = title
        self.command = command
        self.undo = undo
        self.nodes = nodes
    }

    /// The modules it needs; where they are built in, asking for them does no harm.
    var modules: [String] {
        switch kind {
        case .assemble(let level, _): ["md-mod", level < 0 ? "linear" : "raid\(level)"]
        case .activate: ["dm-mod", "dm-raid", "raid1", "dm-mirror"]
        case .unlock: ["dm-crypt"]
        }
    }
}
