import Bytes
import Glibc
import Machine

/// What a run changes and what was there before, written down first: the way back.
///
/// It begins in the rescue system's /run and moves into the installed system as soon as that can be written to; the
/// copy in /run stays, for the case that the installed system's is lost.
package final class Journal {
    /// Where journals lie in an installed system.
    package static let directory = "/var/lib/bootmend"
    private static let schema = 1

    package private(set) var id: String
    /// The first is the one that counts.
    private(set) var stores: [JournalStore]
    private(set) var records: [JournalRecord]
    /// The first line of it that cannot be read, where one cannot.
    private(set) var damagedLine: Int?
    private let runDirectory: RootDirectory
    private var backups = 0
    /// Backups up to this size are kept in /run too, which is memory.
    private static let smallEnough: UInt64 = 2 << 20

    private init(id: String, stores: [JournalStore], records: [JournalRecord], runDirectory: RootDirectory) {
        self.id = id
        self.stores = stores
        self.records = records
        self.runDirectory = runDirectory
    }

    /// Begins a journal in `runDirectory`.
    static func begin(in runDirectory: String, installation: String, system: String? = nil) throws -> Journal
    {
        let run = try Self.runRoot(runDirectory)
        let id = String((try ids(in: run, "/").max() ?? 0) + 1)
        let store = try JournalStore("/" + id, in: run)
        let journal = Journal(id: id, stores: [store], records: [], runDirectory: run)
        try journal.add(.begin(schema: schema, id: id, installation: installation, system: system))
        return journal
    }

    /// Opens the journal `id` to go on with it.
    static func open(
        _ id: String, of system: String?, in root: RootDirectory, _ base: String, runDirectory: String
    ) throws -> Journal {
        let run = try Self.runRoot(runDirectory)
        try check(id, in: root, base, run)
        let places = root.exists(base + "/" + id + "/journal") ? [(root, base + "/" + id)] : []
        let copies = run.exists("/" + id + "/journal") ? [(run, "/" + id)] : []
        var stores: [JournalStore] = []
        for (root, path) in places + copies { stores.append(try JournalStore(path, in: root)) }
        let texts = try stores.map { JournalRecord.records(in: try $0.read()) }
        var text = texts[0]
        // The copy of another installation's run may bear the same number.
        if let copy = texts.dropFirst().first {
            let isSame =
                text.damagedLine == 1
                ? copy.records.first?.begun?.id == id : copy.records.first == text.records.first
            if !isSame {
                stores.removeLast()
            } else if text.damagedLine != nil, copy.damagedLine == nil,
                copy.records.count >= text.records.count
            {
                text = copy
            }
        }
        if let begun = text.records.first?.begun {
            guard begun.schema == Self.schema else {
                throw SystemError(
                    "use", "the journal \(id)",
                    detail: "it is one of schema \(begun.schema), and this bootmend writes \(Self.schema)",
                    hint: "undo it with the bootmend that made the changes")
            }
            guard Self.isSame(begun.system, system) else {
                throw SystemError("use", "the journal \(id)", detail: "it is another system's")
            }
        }
        let journal = Journal(id: id, stores: stores, records: text.records, runDirectory: run)
        journal.damagedLine = text.damagedLine
        return journal
    }

    /// What does not tell is taken for the same.
    static func isSame(_ one: String?, _ other: String?) -> Bool {
        one == other || one == nil || other == nil
    }

    /// Throws where there is no journal of that number.
    static func check(_ id: String, in root: RootDirectory, _ base: String, runDirectory: String) throws {
        try check(id, in: root, base, Self.runRoot(runDirectory))
    }

    private static func check(_ id: String, in root: RootDirectory, _ base: String, _ run: RootDirectory)
        throws
    {
        guard Int(id) != nil, root.exists(base + "/" + id + "/journal") || run.exists("/" + id + "/journal")
        else {
            throw SystemError(
                "find", "the journal \(id)", detail: "there is none in '\(root.shown(base))'",
                hint: "'bootmend undo' without a number takes the newest")
        }
    }

    private static func runRoot(_ path: String) throws -> RootDirectory {
        try RootDirectory("/").makeDirectories(path, mode: 0o700)
        return try RootDirectory(path)
    }

    /// The numbers of the journals in a directory.
    static func ids(in root: RootDirectory, _ base: String) throws(SystemError) -> [Int] {
        try (root.list(base) ?? []).compactMap { Int($0) }.filter { $0 > 0 }
    }

    /// Moves into the installed system, or another place with room, under a number that is free in both.
    func settle(in root: RootDirectory, _ base: String) throws {
        let taken = try Self.ids(in: root, base).max() ?? 0
        let own = Int(id) ?? 1
        if taken >= own {
            let number = max(taken, try Self.ids(in: runDirectory, "/").max() ?? 0) + 1
            let place = try Place.existing("/" + id, in: runDirectory)
            try place.rename(id, to: String(number))
            id = String(number)
            stores[0] = try JournalStore("/" + id, in: runDirectory)
            if case .begin(let schema, _, let installation, let system)? = records.first {
                records[0] = .begin(schema: schema, id: id, installation: installation, system: system)
                try stores[0].append(records[0].line())
            }
        }
        do {
            let store = try JournalStore(base + "/" + id, in: root)
            for record in records { try store.append(record.line()) }
            try store.synchronize()
            try Place.existing(base + "/" + id, in: root).synchronize()
            stores.insert(store, at: 0)
        } catch {
            // Half of a journal would be taken for a run that was cut short.
            for path in ["/journal", ""] { try? Place.existing(base + "/" + id + path, in: root).remove() }
            throw error
        }
    }

    /// Writes a line down; when it returns, it is on the disk.
    func add(_ record: JournalRecord) throws {
        let line = try record.line()
        // What could not be read again would be no way back.
        guard line.count <= JournalRecord.longestLine else {
            throw SystemError(
                "write to", stores[0].shown, detail: "one directory has too many files for a journal")
        }
        try stores[0].append(line)
        records.append(record)
        // The copies are there to help; what counts is the first.
        for store in stores.dropFirst() { try? store.append(line) }
    }

    /// A new file for bytes that were there; `fill` writes them and says how many there are.
    func backUp(
        _ name: String, _ fill: (borrowing Descriptor, _ shown: String) throws(SystemError) -> UInt64
    ) throws(SystemError) -> String {
        backups += 1
        let file = "\(backups)-" + String(name.filter { $0 != "/" }.prefix(100))
        let backup = try stores[0].create(file)
        let size = try fill(backup, stores[0].shown + "/" + file)
        try backup.synchronize(stores[0].shown + "/" + file)
        try stores[0].synchronize()
        guard size <= Self.smallEnough else { return file }
        for store in stores.dropFirst() { try? store.take(file, from: stores[0]) }
        return file
    }

    /// These bytes in a new file of their own.
    func backUp(_ bytes: [UInt8], as name: String) throws(SystemError) -> SavedItem.Backup {
        let file = try backUp(name) { (backup, shown) throws(SystemError) in
            try backup.write(bytes, at: 0, of: shown)
            return UInt64(bytes.count)
        }
        return SavedItem.Backup(
            file: file, offset: 0, size: UInt64(bytes.count), checksum: CRC32().standard(bytes))
    }

    /// The file with the bytes that were there, from the first store in which they are still what they were.
    func open(_ backup: SavedItem.Backup) throws(SystemError) -> Descriptor {
        var failure = SystemError("open", "\(stores[0].shown)/\(backup.file)", number: ENOENT)
        for store in stores {
            let name = store.shown + "/" + backup.file
            do throws(SystemError) {
                guard let file = try store.open(backup.file) else { continue }
                let checksum = try Copying.checksum(file, at: backup.offset, size: backup.size, of: name)
                if checksum == backup.checksum { return file }
                failure = SystemError("use", name, detail: "it is no longer what was saved")
            } catch { failure = error }
        }
        throw failure
    }

    /// When its last line was written before it was opened.
    var lastWritten: Int { stores.first?.lastWritten ?? 0 }

    /// Where people find it once the installed system is closed again: the copy in /run.
    package var shown: String { stores.last?.shown ?? "" }

    /// The log of the tools, open for adding to it.
    func openLog() throws(SystemError) -> Descriptor {
        let store = stores[stores.count - 1]
        let flags = O_WRONLY | O_CREAT | O_APPEND
        return try Descriptor(opening: store.shown + "/log", flags)
    }

    /// Brings the log from /run into the installed system.
    func keepLog() {
        guard stores.count > 1 else { return }
        try? stores[0].take("log", from: stores[stores.count - 1])
    }
}
