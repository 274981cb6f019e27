import Changes
import Glibc
import Machine

/// Puts one saved item back as it was, and looks afterwards whether it is.
struct Restoring {
    let journal: Journal
    private let opened: Swift.Result<RootDirectory, SystemError>
    private let settlesBoot: Bool
    private let isSameRun: Bool

    /// `isSameRun`: the run that wrote it down is still going on, and disks have the names that they had then.
    init(journal: Journal, root: String, settlesBoot: Bool, isSameRun: Bool = false) {
        self.journal = journal
        self.settlesBoot = settlesBoot
        self.isSameRun = isSameRun
        opened = Swift.Result { () throws(SystemError) in try RootDirectory(root) }
    }

    /// A root that can no longer be opened keeps nobody from putting back what lies outside of it.
    var root: RootDirectory { get throws(SystemError) { try opened.get() } }

    /// Whether anything had to be done.
    enum Result: Sendable, Hashable { case restored, unchanged }

    /// With `traces` of how the change left things, files in a tree's first level that others have written since stay.
    func restore(_ item: SavedItem, traces: [Trace] = []) throws -> Result {
        try needESP(of: item.subject)
        return switch item {
        case .absent(let path): try removeNew(path)
        case .file(let path, let backup, let attributes):
            try restoreFile(path, backup, attributes, settles: isBoot(path))
        case .link(let path, let target): try restoreLink(path, target)
        case .directory(let path, let attributes): try restoreDirectory(path, attributes)
        case .tree(let path, let entries): try restoreTree(path, entries, traces)
        case .area(let disk, let start, let backup): try restoreArea(disk, start, backup)
        case .variable(let path, let backup): try restoreVariable(path, backup)
        }
    }

    // Without its ESP a path leads into the tree's own /run, which would take everything.
    func needESP(of path: String) throws {
        let names = path.split(separator: "/").map(String.init)
        let top = "/" + names.prefix(3).joined(separator: "/")
        guard path.hasPrefix(Change.EFIPartition.directory + "/"), try !root.exists(top) else { return }
        throw SystemError(
            "put back", path, detail: "the EFI system partition is not mounted here",
            hint: "plug in its disk, then: bootmend undo")
    }

    private func isBoot(_ path: String) -> Bool { settlesBoot && path.hasPrefix("/boot/") }

    private func removeNew(_ path: String) throws -> Result {
        guard let place = try exact(path), let status = try place.status() else { return .unchanged }
        // A directory that was made for the file's sake; if something else has moved in, it stays.
        if status.kind == .directory, try root.list(path)?.isEmpty == false { return .unchanged }
        try place.remove()
        if isBoot(path) { try place.settle() } else { try place.synchronize() }
        return .restored
    }

    private func exact(_ path: String) throws -> Place? { try Place.exact(path, in: root) }

    private func named(_ path: String) throws -> Place {
        if let place = try exact(path) { return place }
        throw SystemError("open", try root.shown(path), number: ENOENT)
    }

    private func restoreFile(
        _ path: String, _ backup: SavedItem.Backup, _ attributes: Attributes, settles: Bool
    ) throws -> Result {
        try root.makeDirectories("/" + path.split(separator: "/").dropLast().joined(separator: "/"))
        let place = try named(path)
        let source = try journal.open(backup)
        if try isThere(place, source, backup, attributes) { return .unchanged }
        if let status = try place.status(), status.kind == .directory { try place.remove() }
        do { try replace(place, source, backup, attributes, settles: settles) } catch let error as SystemError
            where error.number == ENOSPC
        {
            // No room for both: what is there now has to go first. For that moment there is neither.
            try place.remove(Replacement.fresh(place.name, journal.id))
            try place.remove()
            try replace(place, source, backup, attributes, settles: settles)
        }
        guard try isThere(place, source, backup, attributes, label: false) else {
            throw SystemError("put back", place.shown, detail: "what is read back is not what was saved")
        }
        return .restored
    }

    private func replace(
        _ place: borrowing Place, _ source: borrowing Descriptor, _ backup: SavedItem.Backup,
        _ attributes: Attributes, settles: Bool
    ) throws {
        let fresh = Replacement.fresh(place.name, journal.id)
        try place.remove(fresh)
        let file = try place.create(fresh)
        do {
            _ = try Copying.copy(
                source, at: backup.offset, size: backup.size, of: backup.file, to: file, at: 0,
                of: place.beside(fresh))
            try attributes.put(on: file.number, times: true, place.shown)
            try Replacement(settles: settles).swap(file, named: fresh, into: place, id: journal.id)
        } catch {
            try? place.remove(fresh)
            throw error
        }
    }

    private func isThere(
        _ place: borrowing Place, _ source: borrowing Descriptor, _ backup: SavedItem.Backup,
        _ attributes: Attributes, label: Bool = true
    ) throws -> Bool {
        guard let status = try place.status(), status.kind == .file, status.size == backup.size,
            let now = try place.open(),
            try Attributes(of: now.number, place.shown).matches(attributes, times: true, label: label)
        else { return false }
        return try Copying.isSame(
            source, at: backup.offset, of: backup.file, now, at: 0, of: place.shown, size: backup.size)
    }

    private func restoreLink(_ path: String, _ target: String) throws -> Result {
        if try root.link(path) == target { return .unchanged }
        let place = try named(path)
        try place.remove()
        try place.makeLink(to: target)
        return .restored
    }

    private func restoreDirectory(_ path: String, _ attributes: Attributes) throws -> Result {
        let place = try named(path)
        var result = Result.unchanged
        if let status = try place.status(), status.kind != .directory { try place.remove() }
        if try place.status() == nil {
            try place.makeDirectory(mode: attributes.mode)
            result = .restored
        }
        guard let directory = try root.resolve(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else {
            throw SystemError("open", place.shown, number: ENOENT)
        }
        guard try !Attributes(of: directory.number, place.shown).matches(attributes, times: true) else {
            return result
        }
        try attributes.put(on: directory.number, times: true, place.shown)
        return .restored
    }

    private func restoreTree(_ path: String, _ entries: [SavedItem], _ traces: [Trace]) throws -> Result {
        var result = Result.unchanged
        var failure: (any Error)?
        // One that cannot be put back does not stop the others.
        func attempt(_ work: () throws -> Result) {
            do { if try work() == .restored { result = .restored } } catch { failure = failure ?? error }
        }
        let known = Set(entries.map(\.subject))
        let now = try TreeListing(path, in: root)
        let others = Set(
            traces.isEmpty
                ? []
                : now.firstLevelFiles(of: path).filter { !traces.contains(Trace($0.path, $0.status)) }.map(
                    \.path))
        // What came since goes first: it may take the room that the old needs.
        // Deepest first, so that a directory is empty when its turn comes.
        for (new, status) in now.entries.reversed() where !known.contains(new) && !others.contains(new) {
            // Pipes and devices are not saved, and no tool makes them: these were there.
            guard status.kind != .other else { continue }
            attempt {
                guard let place = try exact(new), try place.status() != nil else { return .unchanged }
                try place.remove()
                return .restored
            }
        }
        for entry in entries where !others.contains(entry.subject) {
            attempt {
                switch entry {
                case .file(let path, let backup, let attributes):
                    try restoreFile(path, backup, attributes, settles: false)
                case .link(let path, let target): try restoreLink(path, target)
                case .directory(let path, let attributes): try restoreDirectory(path, attributes)
                case .absent, .tree, .area, .variable: .unchanged
                }
            }
        }
        // Making files in a directory has touched its time.
        for case .directory(let path, let attributes) in entries.reversed() {
            attempt {
                _ = try restoreDirectory(path, attributes)
                return .unchanged
            }
        }
        if result == .restored, let place = try exact(path) {
            if isBoot(path + "/") { try place.settle() } else { try place.synchronize() }
        }
        if let failure { throw failure }
        return result
    }

    private func restoreVariable(_ path: String, _ backup: SavedItem.Backup?) throws -> Result {
        let value = try backup.map { backup in
            try journal.open(backup).read(
                at: backup.offset, count: Int(clamping: backup.size), of: backup.file)
        }
        try FirmwareVariable.needSeen(path, in: root)
        if try FirmwareVariable.read(path, in: root) == value { return .unchanged }
        try FirmwareVariable.put(value, path, in: root)
        return .restored
    }

    private func restoreArea(_ disk: SavedDisk, _ start: UInt64, _ backup: SavedItem.Backup) throws -> Result
    {
        let device = isSameRun ? disk.device : try DiskIdentity.find(disk)
        let file = try journal.open(backup)
        let bytes = try file.read(at: backup.offset, count: Int(clamping: backup.size), of: backup.file)
        let source = try BlockSource(device)
        // Where the same run has written it down, the table may be what the tool has spoilt.
        guard try isSameRun || BootArea.isBootLoaders(start, count: bytes.count, on: source) else {
            throw SystemError(
                "put back", device, detail: "byte \(start) and what follows is not where boot code lies")
        }
        let now = try source.read(at: start, count: bytes.count)
        if BootArea.checksum(now, at: start) == BootArea.checksum(bytes, at: start) { return .unchanged }
        try BootArea.putBack(bytes, at: start, on: device)
        return .restored
    }
}
