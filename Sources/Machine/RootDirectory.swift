import CLinux
import Glibc

/// A directory that paths cannot leave: absolute links, `..` and hostile links all resolve inside it.
///
/// The installed system is read through one, and so is the running system with the root "/".
package final class RootDirectory: Sendable {
    /// Where it lies in the running system's tree, for messages and for programs that are given a path.
    package let path: String
    let descriptor: Descriptor

    package init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    }

    /// What an entry of the tree is.
    package struct Entry: Sendable, Hashable {
        package enum Kind: Sendable, Hashable { case file, directory, link, other }
        package var name: String
        package var kind: Kind
        package var size: UInt64
        /// Seconds since 1970; clocks lie, so this is weak evidence.
        package var modified: Int64
        package var mode: UInt32
        package var owner: UInt32
        package var group: UInt32
        /// Device number of the filesystem it lies on.
        package var device: UInt64
    }

    /// The whole regular file, or nil where there is none.
    ///
    /// Throws for anything else than a file there (FIFOs and devices are never opened for reading), for one larger
    /// than `limit` bytes, and for read errors.
    package func read(_ path: String, limit: Int = 16 << 20) throws(SystemError) -> [UInt8]? {
        guard let file = try open(path) else { return nil }
        guard file.size <= UInt64(limit) else {
            throw SystemError(
                "read", shown(path), detail: "\(file.size) bytes are more than the \(limit) expected")
        }
        // /proc and parts of /sys give their files a size of 0 (proc(5)): those are read to their end.
        guard file.size == 0 else { return try file.read(at: 0, count: Int(file.size)) }
        return try file.readToEnd(limit: limit)
    }

    /// The file as text, ill-formed UTF-8 repaired.
    package func text(_ path: String, limit: Int = 1 << 20) throws(SystemError) -> String? {
        guard let bytes = try read(path, limit: limit) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A regular file for reading piece by piece, or nil where there is none.
    package func open(_ path: String) throws(SystemError) -> OpenFile? {
        // Looking first with O_PATH keeps FIFOs from blocking and devices from being opened.
        guard let look = try resolve(path, bm_o_path) else { return nil }
        let entry = try Self.entry(of: look, name: path, shown(path))
        guard entry.kind == .file else {
            throw SystemError("read", shown(path), detail: "it is not a regular file")
        }
        guard let readable = try resolve(path, O_RDONLY | O_NONBLOCK) else { return nil }
        // It may have been replaced between the two.
        guard try Self.entry(of: readable, name: path, shown(path)).kind == .file else {
            throw SystemError("read", shown(path), detail: "it is not a regular file")
        }
        return OpenFile(readable, name: shown(path), size: entry.size)
    }

    /// What lies at `path`, links followed inside the root; nil where nothing does.
    package func entry(_ path: String) throws(SystemError) -> Entry? {
        guard let look = try resolve(path, bm_o_path) else { return nil }
        return try Self.entry(of: look, name: path, shown(path))
    }

    package func exists(_ path: String) -> Bool { (try? entry(path)) != nil }

    /// The names in a directory, sorted, without `.` and `..`; nil where there is no such directory.
    package func list(_ path: String, limit: Int = 65536) throws(SystemError) -> [String]? {
        guard let directory = try resolve(path, O_RDONLY | O_DIRECTORY) else { return nil }
        let duplicate = try check(
            minusOne: { fcntl(directory.number, F_DUPFD_CLOEXEC, 0) }, "list", shown(path))
        guard let stream = fdopendir(duplicate) else {
            let number = errno
            close(duplicate)
            throw SystemError("list", shown(path), number: number)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            // The record is only as long as its name: `d_name` is read where it lies, not copied as 256 bytes.
            let start = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
            let name = String(
                cString: UnsafeRawPointer(entry).advanced(by: start).assumingMemoryBound(to: CChar.self))
            if name != "." && name != ".." { names.append(name) }
            guard names.count <= limit else {
                throw SystemError("list", shown(path), detail: "more than \(limit) entries")
            }
        }
        // A broken directory must not look like a short one.
        guard errno == 0 else { throw SystemError("list", shown(path), number: errno) }
        return names.sorted()
    }

    /// Where the last component, itself not followed, points; nil where it is no link.
    package func link(_ path: String) throws(SystemError) -> String? {
        guard let look = try resolve(path, bm_o_path | O_NOFOLLOW) else { return nil }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(look.number, "", &buffer, buffer.count)
        guard count >= 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// It is a subvolume of btrfs that takes no writes, as the snapshots are that some systems run from.
    package var isReadOnlySubvolume: Bool { bm_is_read_only_subvolume(descriptor.number) == 1 }

    /// A descriptor of `path` inside the root, or nil where it does not exist.
    ///
    /// Writers use it with `O_CREAT` and friends on a directory they resolved first.
    package func resolve(_ path: String, _ flags: Int32, mode: UInt32 = 0) throws(SystemError) -> Descriptor?
    {
        // A name from a disk may hold a NUL, and C would see another, shorter one.
        guard !path.utf8.contains(0) else { throw SystemError("open", shown(path), number: EINVAL) }
        let inside = path.isEmpty || path == "/" ? "." : path
        var fd = bm_openat2_in_root(descriptor.number, inside, flags | O_CLOEXEC, mode)
        if fd == -ENOSYS || fd == -EPERM { fd = walk(inside, flags | O_CLOEXEC, mode) }
        if fd == -ENOENT || fd == -ENOTDIR { return nil }
        guard fd >= 0 else { throw SystemError("open", shown(path), number: -fd) }
        return Descriptor(adopting: fd)
    }

    /// The path as the running system sees it, for messages.
    package func shown(_ inside: String) -> String {
        path == "/" ? inside : path + (inside.hasPrefix("/") ? inside : "/" + inside)
    }

    private static func entry(of look: borrowing Descriptor, name: String, _ shown: String)
        throws(SystemError) -> Entry
    {
        var status = stat()
        let number = look.number
        try check(minusOne: { fstat(number, &status) }, "look at", shown)
        let kind: Entry.Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        return Entry(
            name: name, kind: kind, size: UInt64(clamping: status.st_size),
            modified: Int64(status.st_mtim.tv_sec),
            mode: status.st_mode & 0o7777, owner: status.st_uid, group: status.st_gid,
            device: UInt64(status.st_dev))
    }
}

/// A regular file inside a root, open for reading.
package final class OpenFile: ByteSource {
    package let name: String
    package let size: UInt64
    private let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor, name: String, size: UInt64) {
        self.descriptor = descriptor
        self.name = name
        self.size = size
    }

    package func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
        guard offset < size, count > 0 else { return [] }
        return try descriptor.read(at: offset, count: Int(min(UInt64(count), size - offset)), of: name)
    }

    /// Everything to the end, whatever the size said.
    func readToEnd(limit: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = try descriptor.read(at: UInt64(bytes.count), count: 65536, of: name)
            bytes += more
            guard bytes.count <= limit else {
                throw SystemError("read", name, detail: "it holds more than the \(limit) bytes expected")
            }
            if more.isEmpty { return bytes }
        }
    }
}
