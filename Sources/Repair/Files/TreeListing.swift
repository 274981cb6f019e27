import Bytes
import CLinux
import Glibc
import Machine

/// What lies under a directory.
struct TreeListing {
    let entries: [(path: String, status: Status)]

    /// What was there, from what was saved of it.
    init(entries: [SavedItem]) {
        self.entries = entries.compactMap { item in
            guard case .file(let path, let backup, let attributes) = item else { return nil }
            return (path, Status(file: backup.size, attributes))
        }
    }

    /// Everything under `path`, directories before what they hold.
    init(_ path: String, in root: RootDirectory) throws(SystemError) {
        var found: [(path: String, status: Status)] = []
        var pending = [path]
        while let directory = pending.popLast() {
            guard try root.resolve(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) != nil else { continue }
            for name in try root.list(directory) ?? [] {
                let inside = directory + "/" + name
                guard let look = try root.resolve(inside, bm_o_path | O_NOFOLLOW) else { continue }
                let status = try Status(of: look.number, inside)
                found.append((inside, status))
                if status.kind == .directory { pending.append(inside) }
                guard found.count <= 100_000 else {
                    throw SystemError("list", root.shown(path), detail: "the directory is too large")
                }
            }
        }
        entries = found
    }

    /// The regular files of the directory itself: of a GRUB directory grub.cfg and grubenv, which others write too.
    func firstLevelFiles(of path: String) -> [(path: String, status: Status)] {
        entries.filter { $0.status.kind == .file && !$0.path.dropFirst(path.count + 1).contains("/") }
    }

    /// The regular files below the first level.
    func files(below path: String) -> [(path: String, status: Status)] {
        entries.filter { $0.status.kind == .file && $0.path.dropFirst(path.count + 1).contains("/") }
    }

    /// Changes when a file below the first level is written, made or removed.
    func checksum(below path: String) -> UInt32 {
        let lines = files(below: path).map {
            "\($0.path) \($0.status.size) \($0.status.seconds).\($0.status.nanoseconds)\n"
        }
        return CRC32().standard(Array(lines.sorted().joined().utf8))
    }
}
