import Machine

/// A journal in one line: which run it is, and how that ended.
package struct JournalState: Sendable, Hashable {
    package enum End: String, Sendable, Hashable {
        case applied, undone, stuck
        case rolledBack = "rolled-back"
        /// The run was cut short: nobody has written how it ended.
        case unfinished
    }

    package var id: String
    package var end: End
    /// The changes it began, in order.
    package var titles: [String]
    package var installation: String

    /// There is something to put back.
    package var canBeUndone: Bool { end == .applied || end == .unfinished || end == .stuck }
}

extension Journal {
    /// What the records come to.
    package var state: JournalState { Self.state(of: records, id: id) }

    static func state(of records: [JournalRecord], id: String) -> JournalState {
        var state = JournalState(id: id, end: .unfinished, titles: [], installation: "")
        for record in records {
            switch record {
            case .begin(_, _, let installation): state.installation = installation
            case .change(_, _, let title, _): state.titles.append(title)
            case .end(let how): state.end = JournalState.End(rawValue: how.rawValue) ?? .unfinished
            case .was, .left, .done, .undoing, .takenBack: break
            }
        }
        return state
    }

    /// The journals in an installed system, newest first. What cannot be read is left out.
    package static func all(in root: RootDirectory, at base: String = Journal.directory) -> [JournalState] {
        let ids = (try? Self.ids(in: root, base)) ?? []
        return ids.sorted(by: >).compactMap { id in
            guard let bytes = try? root.read("\(base)/\(id)/journal", limit: 64 << 20) else { return nil }
            return Journal.state(of: JournalRecord.records(in: bytes).records, id: String(id))
        }
    }

    /// Runs that were cut short or could not be taken back whole, newest first: they come before anything else.
    package static func unfinished(root: RootDirectory, at base: String = Journal.directory) -> [JournalState]
    {
        // A run that had begun nothing has left nothing.
        all(in: root, at: base).filter { ($0.end == .unfinished || $0.end == .stuck) && !$0.titles.isEmpty }
    }
}
