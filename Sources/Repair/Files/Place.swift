import CLinux
import Glibc
import Machine

/// Where a file of the installed system lies, or would lie: a directory inside its root, held open, and a name in it.
///
/// Everything is done by name in that directory, never by path, so nothing that a link of the target says can lead
/// out of its root. A link in the last place is followed, inside the root: `/etc/mdadm.conf` may be one.
struct Place: ~Copyable {
    let directory: Descriptor
    let name: String
    /// Inside the root, links of the last place followed.
    let path: String
    /// As the running system sees it, for messages.
    let shown: String

    /// nil where the directory does not exist.
    static func find(_ path: String, in root: RootDirectory) throws(SystemError) -> Place? {
        var path = path
        for _ in 0..<40 {
            let (parent, name) = try split(path, root)
            guard let directory = try root.resolve(parent, O_RDONLY | O_DIRECTORY) else { return nil }
            guard let target = try root.link(path) else {
                return Place(directory: directory, name: name, path: path, shown: root.shown(path))
            }
            path = target.hasPrefix("/") ? target : parent + "/" + target
        }
        throw SystemError("open", root.shown(path), number: ELOOP)
    }

    /// As `find`, but a missing directory is an error.
    static func existing(_ path: String, in root: RootDirectory) throws(SystemError) -> Place {
        if let place = try find(path, in: root) { return place }
        throw SystemError("open the directory of", root.shown(path), number: ENOENT)
    }

    /// By name in its directory, and nothing followed: a link that has come to the last place is itself what is meant. Nil
    /// where the directory is missing.
    static func exact(_ path: String, in root: RootDirectory) throws(SystemError) -> Place? {
        let (parent, name) = try split(path, root)
        guard let directory = try root.resolve(parent, O_RDONLY | O_DIRECTORY) else { return nil }
        return Place(directory: directory, name: name, path: path, shown: root.shown(path))
    }

    private static func split(_ path: String, _ root: RootDirectory) throws(SystemError) -> (String, String) {
        let parts = path.split(separator: "/")
        guard let name = parts.last, name != ".", name != ".." else {
            throw SystemError("write", root.shown(path), detail: "it names no file")
        }
        return ("/" + parts.dropLast().joined(separator: "/"), String(name))
    }

    /// What is there, nothing followed; nil where nothing is.
    func status(of name: String? = nil) throws(SystemError) -> Status? {
        let name = name ?? self.name
        var status = stat()
        let number = directory.number
        if fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return Status(status) }
        guard errno == ENOENT else { throw SystemError("look at", beside(name), number: errno) }
        return nil
    }

    /// The file for reading; nil where there is none.
    func open(_ name: String? = nil) throws(SystemError) -> Descriptor? {
        let name = name ?? self.name
        guard let status = try status(of: name) else { return nil }
        guard status.kind == .file else {
            throw SystemError("read", beside(name), detail: "it is not a regular file")
        }
        let number = directory.number
        let opened = bm_openat(number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0)
        return Descriptor(adopting: try check(negative: opened, "open", beside(name)))
    }

    /// A new file, there before or not, for writing.
    func create(_ name: String, mode: UInt32 = 0o600) throws(SystemError) -> Descriptor {
        let number = directory.number
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        return Descriptor(
            adopting: try check(negative: bm_openat(number, name, flags, mode), "create", beside(name)))
    }

    func rename(_ old: String, to new: String) throws(SystemError) {
        let number = directory.number
        guard renameat(number, old, number, new) < 0 else { return }
        let error = errno
        throw SystemError(
            "replace", beside(new), number: error,
            hint: error == EPERM ? "it may be immutable: 'lsattr' shows it, 'chattr -i' takes that off" : nil)
    }

    func link(_ old: String, as new: String) throws(SystemError) {
        let number = directory.number
        try check(minusOne: { linkat(number, old, number, new, 0) }, "link", beside(old))
    }

    func makeLink(to target: String) throws(SystemError) {
        let (number, name) = (directory.number, name)
        try check(minusOne: { symlinkat(target, number, name) }, "link", shown)
    }

    func makeDirectory(mode: UInt32 = 0o755) throws(SystemError) {
        let (number, name) = (directory.number, name)
        try check(minusOne: { mkdirat(number, name, mode) }, "make the directory", shown)
    }

    /// Takes the name away; that it was not there is fine.
    func remove(_ name: String? = nil) throws(SystemError) {
        let name = name ?? self.name
        guard let status = try status(of: name) else { return }
        let number = directory.number
        let flags = status.kind == .directory ? AT_REMOVEDIR : 0
        try check(minusOne: { unlinkat(number, name, flags) }, "remove", beside(name))
    }

    /// Makes what happened to names durable.
    func synchronize() throws(SystemError) { try directory.synchronize(beside(".")) }

    /// Bytes free for new files on its filesystem.
    func free() throws(SystemError) -> UInt64 {
        var facts = statvfs()
        let number = directory.number
        try check(minusOne: { fstatvfs(number, &facts) }, "ask the free space at", shown)
        return UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize)).partialValue
    }

    /// Writes the filesystem's log back to its place.
    ///
    /// GRUB cannot replay a log: for it, what is only there is not there. A filesystem that cannot be frozen has no
    /// log (ioctl_fs.c gives EOPNOTSUPP).
    func settle() throws(SystemError) {
        let number = directory.number
        try synchronize()
        let settled = bm_settle(number)
        if settled == -EOPNOTSUPP || settled == -ENOTTY { return }
        try check(negative: settled, "freeze and thaw the filesystem of", shown)
    }

    func beside(_ name: String) -> String {
        let parent = shown.lastIndex(of: "/").map { shown[...$0] } ?? ""
        return name == "." ? String(parent.dropLast()) : parent + name
    }
}

extension RootDirectory {
    /// Makes a directory and those above it, inside the root.
    func makeDirectories(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if try resolve(made, bm_o_path | O_DIRECTORY) != nil { continue }
            let place = try Place.existing(made, in: self)
            let (number, name) = (place.directory.number, place.name)
            guard mkdirat(number, name, mode) < 0, errno != EEXIST else { continue }
            throw SystemError("make the directory", shown(made), number: errno)
        }
    }
}
