import CLinux
import Glibc
import Machine

/// A place inside a root, every link on the way resolved inside it: one that is safe to mount on.
struct ResolvedPath {
    /// As the running system sees it, free of links.
    let path: String

    init(directory inside: String, in root: RootDirectory) throws(SystemError) {
        try self.init(inside, O_DIRECTORY, in: root)
    }

    init(file inside: String, in root: RootDirectory) throws(SystemError) {
        try self.init(inside, 0, in: root)
    }

    private init(_ inside: String, _ flags: Int32, in root: RootDirectory) throws(SystemError) {
        guard let place = try root.resolve(inside, bm_o_path | flags) else {
            throw SystemError("mount on", root.shown(inside), number: ENOENT)
        }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/fd/\(place.number)", &buffer, buffer.count)
        guard count > 0, count < buffer.count else {
            throw SystemError("mount on", root.shown(inside), detail: "/proc is not mounted here")
        }
        path = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
