import Changes
import Machine

/// How applying a plan ended.
package enum Outcome: Sendable, Hashable {
    /// Every change was made; `id` takes them back, nil where there was none to record.
    case applied(id: String?, changes: [Change])
    /// A change failed, and everything is as it was before.
    case rolledBack(RepairFailure)
    /// A change failed, and these could not be put back.
    case stuck(RepairFailure, problems: [String])
}

/// Why a plan stopped.
package struct RepairFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// "'grub-install /dev/sda' exited with 1", "cannot replace '/etc/fstab': No space left on device".
    package var message: String
    package var hint: String?
    /// The last lines that the tool said.
    package var lines: [String]
    /// The person wanted it to stop.
    package var isInterruption: Bool
    /// Where the whole of what the tools said is.
    package var log: String?
    /// The copy of the journal that stays readable, which says what was there before; nil where nothing was begun.
    package var journal: String?
    package var id: String?
    /// The change at which it stopped.
    package var title: String?

    package init(
        _ message: String, hint: String? = nil, lines: [String] = [], isInterruption: Bool = false
    ) {
        self.message = message
        self.hint = hint
        self.lines = lines
        self.isInterruption = isInterruption
    }

    init(_ error: any Error) {
        if let failure = error as? RepairFailure {
            self = failure
        } else if let error = error as? SystemError {
            self.init(error.description, hint: error.hint)
        } else {
            self.init("\(error)")
        }
    }

    static let interruption = RepairFailure("interrupted", isInterruption: true)

    package var description: String { message }
}

/// What is going on while a plan is applied, for whoever shows it.
package enum RepairProgress: Sendable, Hashable {
    case started(number: Int, of: Int, title: String, change: Change)
    /// The tool of this change has been running for so many seconds.
    case ticked(number: Int, seconds: Int)
    case done(number: Int, seconds: Int)
    case failed(number: Int, failure: RepairFailure)
    case puttingBack(number: Int, title: String)
    case putBack(number: Int, problems: [String])
}
