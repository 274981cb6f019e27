import Changes
import Glibc
import Machine

/// Takes back what a rescue has changed, then or later.
package enum Undo {
    /// One thing that was put back, or why it was not.
    package struct Item: Sendable, Hashable {
        package enum Result: Sendable, Hashable {
            /// It is as it was before the rescue.
            case restored
            /// It was so already.
            case unchanged
            /// Somebody has changed it since the rescue; it was left as it is.
            case changedSince
            case failed(String)
        }
        package var change: Int
        /// A path inside the installed system, or a disk.
        package var subject: String
        package var result: Result

        var problem: String? { if case .failed(let message) = result { message } else { nil } }
    }

    /// What came of it.
    package struct Report: Sendable, Hashable {
        package var id: String
        /// The changes that were taken back, last first.
        package var titles: [String]
        package var items: [Item]

        /// Everything is as it was before the rescue.
        package var isComplete: Bool {
            items.allSatisfy { $0.result == .restored || $0.result == .unchanged }
        }
        /// Something that the person has to know of it.
        package var note: String?
        package var failures: [String] { items.compactMap(\.problem) }
    }

    /// Takes back the run `id`, or the newest that can be taken back.
    ///
    /// The target has to be open, by a caller who holds the `RunLock`. A run that was cut short is taken back as far as it
    /// came. What somebody has changed since is left alone unless `evenIfChanged`. Throws where there is no such run, or nothing to take back.
    package static func run(
        id: String? = nil, target: RepairTarget, evenIfChanged: Bool = false,
        progress: @Sendable (RepairProgress) -> Void = { _ in }
    ) throws -> Report {
        let (place, base) = try target.journals()
        let journal = try Journal.open(
            try id ?? newest(of: target.system, in: place, base), of: target.system, in: place, base,
            runDirectory: target.runDirectory)
        let state = journal.state
        guard state.canBeUndone else {
            throw SystemError("undo", state.id, detail: "that run is \(state.end.rawValue) already")
        }
        let report = putBack(journal.begun, journal, target, evenIfChanged: evenIfChanged, progress)
        if report.isComplete { try journal.add(.end(how: .undone)) }
        return report
    }

    /// Puts back what these changes have touched, the last one first.
    private static func putBack(
        _ numbers: [Int], _ journal: Journal, _ target: RepairTarget, evenIfChanged: Bool,
        _ progress: @Sendable (RepairProgress) -> Void
    ) -> Report {
        let restoring = Restoring(journal: journal, root: target.root, settlesBoot: target.settlesBoot)
        var report = Report(id: journal.id, titles: [], items: [])
        for number in numbers.reversed() where journal.hasSaved(number) {
            progress(.puttingBack(number: number, title: journal.title(of: number)))
            let later: Restoring.Sparing =
                journal.isWhole(number)
                ? .changedSince : .writtenAfter(journal.lastWritten + target.patience / 1000)
            let items = restoring.restoreAll(of: number, sparing: evenIfChanged ? .nobody : later)
            progress(.putBack(number: number, problems: items.compactMap(\.problem)))
            report.items += items
            report.titles.append(journal.title(of: number))
        }
        if let root = try? restoring.root, Application.askForLabels(journal, in: root) {
            report.note = Application.labelNote
        }
        if let line = journal.damagedLine {
            let reason = "line \(line) of it is damaged: what it tells of was not put back"
            report.items.append(Item(change: 0, subject: journal.shown + "/journal", result: .failed(reason)))
        }
        return report
    }

    /// Takes back the change at which the run `id` was cut short, and keeps those before it. What somebody has written there
    /// since is left alone, and the run is not finished by it. Which the caller then has to look at anew.
    package static func finish(
        _ id: String, target: RepairTarget, progress: @Sendable (RepairProgress) -> Void = { _ in }
    ) throws -> Report {
        let (place, base) = try target.journals()
        let journal = try Journal.open(
            id, of: target.system, in: place, base, runDirectory: target.runDirectory)
        guard journal.state.end == .unfinished else {
            throw SystemError("finish", id, detail: "that run is \(journal.state.end.rawValue) already")
        }
        let half = journal.begun.filter { !journal.isWhole($0) }
        let report = putBack(half, journal, target, evenIfChanged: false, progress)
        guard report.isComplete else { return report }
        for number in half { try journal.add(.takenBack(number: number)) }
        try journal.add(.end(how: .applied))
        return report
    }

    /// Throws where no run is called `id`. Reads alone: a look at the target is enough.
    package static func check(_ id: String, target: RepairTarget) throws {
        let (place, base) = try target.journals()
        try Journal.check(id, in: place, base, runDirectory: target.runDirectory)
    }

    /// Nothing to undo is an error that says so.
    private static func newest(of system: String?, in root: RootDirectory, _ base: String) throws -> String {
        let all = Journal.all(of: system, in: root, at: base)
        if let newest = all.first(where: { $0.canBeUndone && !$0.titles.isEmpty }) { return newest.id }
        throw SystemError(
            "undo", "the newest run", detail: "'\(root.shown(base))' holds none that can be undone")
    }
}

extension Journal {
    /// Numbers of the changes that were begun and not taken back by themselves, in order.
    var begun: [Int] {
        records.compactMap { record in
            guard case .change(let number, _, _, _) = record,
                !records.contains(.takenBack(number: number))
            else { return nil }
            return number
        }
    }

    /// It was made to its end, and nobody has begun to take it back: what has become different since is somebody else's,
    /// whether or not the run ended as well. A machine may run for months between a power failure and the next rescue.
    func isWhole(_ number: Int) -> Bool {
        records.contains(.done(number: number)) && !records.contains(.undoing(number: number))
    }

    func hasSaved(_ number: Int) -> Bool {
        records.contains { if case .was(number, _) = $0 { true } else { false } }
    }

    func title(of number: Int) -> String {
        for case .change(number, _, let title, _) in records { return title }
        return ""
    }

    func items(of number: Int) -> [SavedItem] {
        records.compactMap { if case .was(number, let item) = $0 { item } else { nil } }
    }

    func traces(of number: Int) -> [Trace] {
        records.compactMap { if case .left(number, let trace) = $0 { trace } else { nil } }
    }
}

extension Restoring {
    /// Whose work is left alone.
    enum Sparing {
        case nobody
        /// Who has changed what a whole change left.
        case changedSince
        /// Of a change that was cut short nobody knows what it would have left: who has written after this, in seconds since
        /// 1970, when no tool of it could run any more.
        case writtenAfter(Int)
    }

    /// Puts back everything that a change has touched. One that fails does not stop the others.
    ///
    /// A change of which somebody has since changed a part is left as it is altogether: half of it would not fit the rest, as
    /// old GRUB modules do not fit a newer core image.
    func restoreAll(of number: Int, sparing: Sparing = .nobody) -> [Undo.Item] {
        let items = Array(journal.items(of: number).reversed())
        let traces =
            switch sparing {
            case .nobody: [Trace]()
            case .changedSince: journal.traces(of: number)
            case .writtenAfter(let limit): items.flatMap { older($0, than: limit) }
            }
        // What was not there goes first: it may take the room that the rest needs.
        let isNew = { (item: SavedItem) in if case .absent = item { true } else { false } }
        let ordered = items.filter(isNew) + items.filter { !isNew($0) }
        let changed = ordered.filter { item in
            if case .writtenAfter(let limit) = sparing { return isWritten(item, after: limit) }
            return (try? isChangedSince(item, traces)) == true
        }
        guard changed.isEmpty else {
            return changed.map { Undo.Item(change: number, subject: $0.subject, result: .changedSince) }
        }
        // Where it cannot be written, there is more reason still to go on.
        try? journal.add(.undoing(number: number))
        return ordered.map { item in
            Undo.Item(change: number, subject: item.subject, result: result(item, traces))
        }
    }

    private func result(_ item: SavedItem, _ traces: [Trace]) -> Undo.Item.Result {
        do {
            return try restore(item, traces: traces) == .restored ? .restored : .unchanged
        } catch let error as SystemError {
            return .failed(error.description)
        } catch { return .failed("\(error)") }
    }

    private func isWritten(_ item: SavedItem, after limit: Int) -> Bool {
        guard let root = try? root else { return false }
        switch item {
        case .file(let path, _, _), .absent(let path):
            let status = try? Place.exact(path, in: root)?.status()
            return status?.kind == .file && status?.seconds ?? limit > limit
        case .tree(let path, _):
            return ((try? TreeListing(path, in: root)) ?? TreeListing(entries: [])).files(below: path)
                .contains {
                    $0.status.seconds > limit
                }
        case .link, .directory, .area, .variable: return false
        }
    }

    // Of a GRUB directory grub.cfg and grubenv, which others write too: those that have been there all the time are to be put
    // back. Where all have been written since, none are.
    private func older(_ item: SavedItem, than limit: Int) -> [Trace] {
        guard case .tree(let path, _) = item, let root = try? root, let now = try? TreeListing(path, in: root)
        else { return [] }
        return [.absent(path: path)]
            + now.firstLevelFiles(of: path).filter { $0.status.seconds <= limit }.map {
                Trace($0.path, $0.status)
            }
    }

    private func isChangedSince(_ item: SavedItem, _ traces: [Trace]) throws -> Bool {
        try needESP(of: item.subject)
        guard let left = traces.first(where: { $0.subject == item.subject && $0.start == item.start }) else {
            return false
        }
        var item = item
        if case .area(var disk, let start, let backup) = item {
            disk.device = try DiskIdentity.find(disk)
            item = .area(disk: disk, start: start, backup: backup)
        }
        // What is neither there as a file nor gone is not as the change left it either.
        guard let now = try Trace(of: item, in: root) else { return true }
        guard now.content != left.content else { return false }
        // What is as before the rescue needs nothing: an undo that was cut short has been here.
        return try now.content != before(item)?.content
    }

    /// How the place looked before the change, as far as a trace tells it.
    private func before(_ item: SavedItem) throws -> Trace? {
        switch item {
        case .absent(let path): return .absent(path: path)
        case .file(let path, let backup, let attributes):
            return .file(
                path: path, size: backup.size, seconds: attributes.seconds,
                nanoseconds: attributes.nanoseconds)
        case .tree(let path, let entries):
            return .tree(path: path, checksum: TreeListing(entries: entries).checksum(below: path))
        case .area(let disk, let start, let backup):
            let bytes = try journal.open(backup).read(
                at: 0, count: Int(clamping: backup.size), of: backup.file)
            return .area(device: disk.device, start: start, checksum: BootArea.checksum(bytes, at: start))
        case .variable(let path, let backup): return .variable(path: path, checksum: backup?.checksum)
        case .link, .directory: return nil
        }
    }
}

extension Trace {
    var subject: String {
        switch self {
        case .absent(let path), .file(let path, _, _, _), .tree(let path, _), .variable(let path, _): path
        case .area(let device, _, _): device
        }
    }
    var start: UInt64 { if case .area(_, let start, _) = self { start } else { 0 } }

    /// The same for a disk that has another name now.
    var content: Trace {
        if case .area(_, let start, let checksum) = self {
            return .area(device: "", start: start, checksum: checksum)
        }
        return self
    }
}

extension SavedItem {
    var start: UInt64 { if case .area(_, let start, _) = self { start } else { 0 } }
}
