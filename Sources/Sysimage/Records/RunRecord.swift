import Glibc
import Machine

/// A small file under /run/bootmend that outlives the process: what has to be taken down by whoever comes next.
///
/// /run is a tmpfs, so it is gone at the reboot, as what it tells of is.
struct RunRecord: Sendable {
    static let directory = "/run/bootmend"
    let path: String

    init(_ name: String, in directory: String = Self.directory) { path = directory + "/" + name }

    var isThere: Bool { access(path, F_OK) == 0 }

    /// nil where there is none.
    func load() throws(SystemError) -> JSONValue? {
        guard isThere else { return nil }
        let file = try Descriptor(opening: path, O_RDONLY | O_NOFOLLOW)
        let text = String(decoding: try file.read(at: 0, count: 4 << 20, of: path), as: UTF8.self)
        guard let value = JSONValue(parsing: text) else {
            throw SystemError(
                "read", path, detail: "it is not JSON", hint: "remove it when nothing of bootmend is mounted")
        }
        return value
    }

    /// Replaces it whole, or not at all.
    func save(_ value: JSONValue) throws(SystemError) {
        makeDirectories(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), mode: 0o700)
        let beside = path + ".new"
        unlink(beside)
        let file = try Descriptor(opening: beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        try file.write(Array((value.text + "\n").utf8), at: 0, of: beside)
        try check(minusOne: { rename(beside, path) }, "replace", path)
    }

    func remove() { unlink(path) }
}
