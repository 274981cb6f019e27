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
    /// Of which system it is, where it tells.
    package var system: String?

    /// There is something to put back.
    package var canBeUndone: Bool { end == .applied || end == .unfinished || end == .stuck }
}

extension Journal {
    /// What the records come to.
    package var state: JournalState { Self.state(of: records, id: id) }

    static func state(of records: [JournalRecord], id: String) -> JournalState {
        var state = JournalState(id: id, end: .unfinished, titles: [])
        for record in records {
            switch record {
            case .begin(_, _, _, let system): state.system = system
            case .change(_, _, let title, _): state.titles.append(title)
            case .end(let how): state.end = JournalState.End(rawValue: how.rawValue) ?? .unfinished
            case .was, .left, .done, .undoing, .takenBack: break
            }
        }
        return state
    }

    /// The journals of an installed system in a directory, newest first. What cannot be read is left out.
    package static func all(
        of system: String? = nil, in root: RootDirectory, at base: String = Journal.directory
    ) -> [JournalState] {
        let ids = (try? Self.ids(in: root, base)) ?? []
        return ids.sorted(by: >).compactMap { id in
            guard let bytes = try? root.read("\(base)/\(id)/journal", limit: 64 << 20) else { return nil }
            return Journal.state(of: JournalRecord.records(in: bytes).records, id: String(id))
        }.filter { isSame($0.system, system) }
    }

    /// Runs that were cut short or could not be taken back whole, newest first: they come before anything else.
    package static func unfinished(
        of system: String? = nil, root: RootDirectory, at base: String = Journal.directory
    ) -> [JournalState] {
        // A run that had begun nothing has left nothing.
        all(of: system, in: root, at: base).filter {
            ($0.end == .unfinished || $0.end == .stuck) && !$0.titles.isEmpty
        }
    }
}
