/// What a rescue is going to do, in order: shown, saved, applied.
package struct Plan: Codable, Sendable, Hashable {
    /// The installation it is for, as `--root` would name it.
    package var installation: String
    /// Done in order; the first opens the target. Empty when there is nothing to do.
    package var remedies: [Remedy]
    /// Left out: what needs a consent that was not given, and improvements that were not asked for.
    package var notDone: [Remedy]
    /// Where there are any, nothing is applied.
    package var refusals: [PlanRefusal]

    package init(
        installation: String, remedies: [Remedy] = [], notDone: [Remedy] = [], refusals: [PlanRefusal] = []
    ) {
        self.installation = installation
        self.remedies = remedies
        self.notDone = notDone
        self.refusals = refusals
    }

    /// The devices that can be named for a change that puts their data at stake.
    package var confirmable: [String] {
        var seen: Set<String> = []
        return (remedies + notDone).compactMap(\.confirmDevice).filter { seen.insert($0).inserted }
    }

    package var isEmpty: Bool { remedies.isEmpty }

    /// Says how the target is opened in the rescue system's own terms, with the commands and what they leave out.
    package mutating func opens(by change: Change) {
        for index in remedies.indices {
            remedies[index].changes = remedies[index].changes.map {
                if case .open = $0 { change } else { $0 }
            }
        }
    }
}
