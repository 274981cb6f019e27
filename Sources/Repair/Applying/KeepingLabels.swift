import Glibc
import Machine

extension Work {
    /// Gives the files and directories that this change made the SELinux label of what had its name before, else that of the directory it lies
    /// in, as the kernel does where a policy is loaded (selinux_inode_init_security).
    ///
    /// Tools unlink and write anew, and the kernel of most rescue systems knows no policy: their files end without a
    /// label, which the installed system's programs are not allowed to touch.
    func keepLabels() throws {
        for case .was(let change, let item) in journal.records where change == number {
            for (path, before) in try item.places(in: root) { try keepLabel(path, before) }
        }
    }

    /// `before` is nil for what had no such name.
    private func keepLabel(_ path: String, _ before: Attributes?) throws {
        guard try root.link(path) == nil, let place = try Place.find(path, in: root),
            let kind = try place.status()?.kind, kind == .file || kind == .directory,
            let file = try root.resolve(path, O_RDONLY | O_NOFOLLOW)
        else { return }
        let old = try before?.extended ?? Attributes.extended(of: place.directory.number, place.shown)
        try Attributes.label(file.number, like: old, place.shown)
    }
}

extension SavedItem {
    /// Where it lies and what has come there since, each with what belonged to it before; nil for what had no such name.
    func places(in root: RootDirectory) throws -> [(path: String, before: Attributes?)] {
        switch self {
        case .file(let path, _, let attributes): return [(path, attributes)]
        case .absent(let path): return [(path, nil)]
        case .tree(let path, let entries):
            let before = Dictionary(entries.compactMap(\.dressed)) { first, _ in first }
            return try TreeListing(path, in: root).entries.map { ($0.path, before[$0.path]) }
        case .directory, .link, .area, .variable: return []
        }
    }

    /// A file or directory, and what belonged to it.
    private var dressed: (String, Attributes)? {
        switch self {
        case .file(let path, _, let attributes), .directory(let path, let attributes): (path, attributes)
        default: nil
        }
    }
}
