import Glibc
import Machine

/// Writes down what is at a place before it is changed.
struct Saving {
    let journal: Journal
    let root: RootDirectory
    /// Which change it is for.
    let change: Int

    // A GRUB directory with every platform, language and theme has some 2000 files and 40 MB.
    private static let mostEntries = 20_000
    private static let mostBytes: UInt64 = 512 << 20
    private static let deepest = 16

    /// Saves the file or directory at `path`, or that there is none.
    func save(_ path: String) throws {
        for item in try items(at: path) where !isSaved(item.subject) {
            try journal.add(.was(change: change, item: item))
        }
    }

    /// Writes down how the change left what it saved.
    func leave() throws {
        for case .was(change, let item) in journal.records {
            guard let trace = try Trace(of: item, in: root) else { continue }
            try journal.add(.left(change: change, trace: trace))
            guard case .tree(let path, _) = item else { continue }
            for (path, status) in try TreeListing(path, in: root).firstLevelFiles(of: path) {
                try journal.add(.left(change: change, trace: Trace(path, status)))
            }
        }
    }

    // The first word on a place counts: what was there before the change began.
    private func isSaved(_ subject: String) -> Bool {
        journal.records.contains {
            if case .was(change, let item) = $0 { item.subject == subject } else { false }
        }
    }

    private func items(at path: String) throws -> [SavedItem] {
        if FirmwareVariable.isOne(path) { return [try variable(path)] }
        guard let place = try Place.find(path, in: root) else { return try missingDirectories(path) }
        guard let status = try place.status() else { return [.absent(path: place.path)] }
        switch status.kind {
        case .file:
            guard let file = try place.open() else { return [.absent(path: place.path)] }
            let attributes = try Attributes(of: file.number, place.shown)
            return [
                .file(path: place.path, backup: try backUp(file, place, status.size), attributes: attributes)
            ]
        case .directory: return [try tree(place.path, name: place.name)]
        case .link, .other:
            throw SystemError("save", place.shown, detail: "it is neither a file nor a directory")
        }
    }

    private func variable(_ path: String) throws -> SavedItem {
        guard let bytes = try FirmwareVariable.read(path, in: root) else {
            return .variable(path: path, backup: nil)
        }
        let name = String(path.split(separator: "/").last ?? "variable")
        return .variable(path: path, backup: try journal.backUp(bytes, as: name))
    }

    // What is made for the file's sake goes with it.
    private func missingDirectories(_ path: String) throws -> [SavedItem] {
        let parts = path.split(separator: "/")
        var items: [SavedItem] = []
        for count in 1...max(parts.count, 1) {
            let part = "/" + parts.prefix(count).joined(separator: "/")
            // A link that leads nowhere is there, and nothing is made behind it.
            if try !root.exists(part) && root.link(part) == nil { items.append(.absent(path: part)) }
        }
        return items
    }

    private func backUp(_ file: borrowing Descriptor, _ place: borrowing Place, _ size: UInt64) throws
        -> SavedItem.Backup
    {
        var checksum: UInt32 = 0
        let number = file.number
        let from = place.shown
        let copy = Descriptor(
            adopting: try check(minusOne: { fcntl(number, F_DUPFD_CLOEXEC, 0) }, "save", from))
        let name = try journal.backUp(place.name) { (backup, shown) throws(SystemError) in
            checksum = try Copying.copy(copy, at: 0, size: size, of: from, to: backup, at: 0, of: shown)
            return size
        }
        return SavedItem.Backup(file: name, offset: 0, size: size, checksum: checksum)
    }

    // With what is mounted in it: on SUSE the modules of GRUB lie in subvolumes of their own.
    private func tree(_ path: String, name: String) throws -> SavedItem {
        var entries: [SavedItem] = []
        var offset: UInt64 = 0
        let root = root
        // One file for all of them: a flush for each would take minutes on a slow disk.
        let file = try journal.backUp(name) { (backup, shown) throws(SystemError) in
            var pending = [(path, 0)]
            while let (path, depth) = pending.popLast() {
                guard depth <= Self.deepest, entries.count <= Self.mostEntries, offset <= Self.mostBytes
                else {
                    throw SystemError("save", root.shown(path), detail: "the directory is too large")
                }
                guard let directory = try root.resolve(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else {
                    continue
                }
                let shownPath = root.shown(path)
                entries.append(
                    .directory(path: path, attributes: try Attributes(of: directory.number, shownPath)))
                for name in try root.list(path) ?? [] {
                    let inside = path + "/" + name
                    if let target = try root.link(inside) {
                        entries.append(.link(path: inside, target: target))
                        continue
                    }
                    let place = try Place.existing(inside, in: root)
                    guard let status = try place.status() else { continue }
                    if status.kind == .directory { pending.append((inside, depth + 1)) }
                    guard status.kind == .file, let source = try place.open() else { continue }
                    let checksum = try Copying.copy(
                        source, at: 0, size: status.size, of: place.shown, to: backup, at: offset, of: shown)
                    entries.append(
                        .file(
                            path: inside,
                            backup: .init(file: "", offset: offset, size: status.size, checksum: checksum),
                            attributes: try Attributes(of: source.number, place.shown)))
                    offset += status.size
                }
            }
            return offset
        }
        return .tree(path: path, entries: entries.map { $0.backedUp(in: file) })
    }
}

extension SavedItem {
    /// The same, its bytes in `name`: a tree's file is named only when it is full.
    fileprivate func backedUp(in name: String) -> SavedItem {
        guard case .file(let path, var backup, let attributes) = self else { return self }
        backup.file = name
        return .file(path: path, backup: backup, attributes: attributes)
    }
}

extension Trace {
    /// How a regular file looks.
    init(_ path: String, _ status: Status) {
        self = .file(path: path, size: status.size, seconds: status.seconds, nanoseconds: status.nanoseconds)
    }

    /// How the place of `item` looks now; nil where that does not tell who was there.
    init?(of item: SavedItem, in root: RootDirectory) throws {
        switch item {
        case .directory, .link: return nil
        case .variable(let path, _):
            try FirmwareVariable.needSeen(path, in: root)
            self = .variable(path: path, checksum: try FirmwareVariable.checksum(path, in: root))
        case .tree(let path, _):
            self = .tree(path: path, checksum: try TreeListing(path, in: root).checksum(below: path))
        case .absent(let path), .file(let path, _, _):
            guard let place = try Place.find(path, in: root), let status = try place.status() else {
                self = .absent(path: path)
                return
            }
            guard status.kind == .file else { return nil }
            self.init(path, status)
        case .area(let disk, let start, let backup):
            let source = try BlockSource(disk.device)
            let bytes = try source.read(at: start, count: Int(clamping: backup.size))
            self = .area(device: disk.device, start: start, checksum: BootArea.checksum(bytes, at: start))
        }
    }
}
