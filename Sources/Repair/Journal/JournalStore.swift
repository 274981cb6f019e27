import CLinux
import Glibc
import Machine

/// One directory in which a journal lies.
final class JournalStore: Sendable {
    let shown: String
    let directory: Descriptor
    private let text: Descriptor
    /// Those of the directory, for what is made in it.
    private let extended: [String: String]
    /// When its last line was written, in seconds since 1970 by the clock of the rescue that wrote it.
    let lastWritten: Int

    /// Opens the directory `path` of `root`, or makes it; the journal in it is continued.
    init(_ path: String, in root: RootDirectory) throws(SystemError) {
        shown = root.shown(path)
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        // /var/lib is everybody's; what lies in it for bootmend is root's alone.
        try root.makeDirectories(parent.lastIndex(of: "/").map { String(parent[..<$0]) } ?? "")
        try root.makeDirectories(parent, mode: 0o700)
        try root.makeDirectories(path, mode: 0o700)
        // The rescue system's kernel gives none, and the installed system's may hold its files without one against it.
        for path in [parent, path] where !path.isEmpty { try Self.label(path, in: root) }
        guard let directory = try root.resolve(path, O_RDONLY | O_DIRECTORY) else {
            throw SystemError("open", root.shown(path), number: ENOENT)
        }
        extended = try Attributes.extended(of: directory.number, root.shown(path))
        let flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let opened = bm_openat(directory.number, "journal", flags, 0o600)
        text = Descriptor(adopting: try check(negative: opened, "open", root.shown(path) + "/journal"))
        self.directory = directory
        try Self.needFile(text, shown + "/journal")
        try Attributes.label(text.number, like: extended, shown + "/journal")
        let status = try Status(of: text.number, shown)
        lastWritten = status.seconds
        // A line that a power failure cut short, and that nobody has acted on, must not swallow the next one.
        guard status.size > 0, try text.read(at: status.size - 1, count: 1, of: shown) != [UInt8(ascii: "\n")]
        else { return }
        let written = try read()
        let whole = (written.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        if whole < written.count {
            try check(minusOne: { ftruncate(text.number, off_t(whole)) }, "shorten", shown + "/journal")
        }
    }

    /// Adds bytes to the journal; when it returns, they are on the disk.
    func append(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        let number = text.number
        let size = try Status(of: number, shown).size
        do throws(SystemError) {
            while !rest.isEmpty {
                let chunk = Array(rest)
                let put = try check(
                    minusOne: { Glibc.write(number, chunk, chunk.count) }, "write", shown + "/journal")
                rest = rest.dropFirst(put)
            }
        } catch {
            // The half of a line would swallow the next one, which may be the last and fit.
            ftruncate(number, off_t(clamping: size))
            throw error
        }
        try text.synchronize(shown + "/journal")
    }

    /// The whole journal so far.
    func read() throws(SystemError) -> [UInt8] {
        let size = try Status(of: text.number, shown).size
        guard size <= 64 << 20 else {
            throw SystemError("read", shown + "/journal", detail: "it is too long")
        }
        return try text.read(at: 0, count: Int(size), of: shown + "/journal")
    }

    /// A new file in it, or the rest of one that a cut-short run began.
    func create(_ name: String) throws(SystemError) -> Descriptor {
        let flags = O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC
        let opened = bm_openat(directory.number, name, flags, 0o600)
        let file = Descriptor(adopting: try check(negative: opened, "create", shown + "/" + name))
        try Attributes.label(file.number, like: extended, shown + "/" + name)
        return file
    }

    /// That of the directory above it.
    private static func label(_ path: String, in root: RootDirectory) throws(SystemError) {
        guard let place = try Place.find(path, in: root),
            let directory = try root.resolve(path, O_RDONLY | O_DIRECTORY)
        else { return }
        let above = try Attributes.extended(of: place.directory.number, root.shown(path))
        try Attributes.label(directory.number, like: above, root.shown(path))
    }

    /// A file of it; nil where there is none.
    func open(_ name: String) throws(SystemError) -> Descriptor? {
        // The names of backups come out of the journal: what a broken disk holds leads nowhere else.
        guard !name.contains("/") else { return nil }
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let opened = bm_openat(directory.number, name, flags, 0)
        if opened == -ENOENT { return nil }
        let file = Descriptor(adopting: try check(negative: opened, "open", shown + "/" + name))
        try Self.needFile(file, shown + "/" + name)
        return file
    }

    private static func needFile(_ file: borrowing Descriptor, _ name: String) throws(SystemError) {
        guard try Status(of: file.number, name).kind == .file else {
            throw SystemError("use", name, detail: "it is not a regular file")
        }
    }

    /// Makes the names in it durable.
    func synchronize() throws(SystemError) { try directory.synchronize(shown) }

    /// Copies the file `name` here from another store; that it is not there is fine.
    func take(_ name: String, from other: JournalStore) throws(SystemError) {
        guard let source = try other.open(name) else { return }
        let size = try Status(of: source.number, other.shown).size
        let copy = try create(name)
        _ = try Copying.copy(
            source, at: 0, size: size, of: other.shown + "/" + name, to: copy, at: 0, of: shown + "/" + name)
        try copy.synchronize(shown + "/" + name)
    }
}
