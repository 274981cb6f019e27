import Machine

/// The subvolumes of a btrfs in which a root is looked for.
enum BtrfsRoots {
    // Snapshots are copies of a root, and no root of their own: snapper's, Timeshift's, and those made by hand.
    private static let snapshots = [
        "snapshots", "@snapshots", "timeshift-btrfs", "btrfs-snapshots", ".snapshots",
    ]

    /// Paths from the top, nil for the top itself, each once: the default subvolume, the usual names, and whatever else
    /// lies at the top.
    static func names(in top: RootDirectory, usual: String?) -> [String?] {
        let listed = ((try? top.list("/", limit: 4096)) ?? nil) ?? []
        let others = listed.filter { !snapshots.contains($0) && !$0.hasPrefix(".") }.prefix(64)
        var names: [String?] = [usual]
        for name in ["@", "root", "@rootfs", "rootfs", "@root"] + others where !names.contains(name) {
            names.append(name)
        }
        if !names.contains(nil) { names.append(nil) }
        return names.filter { $0.map { isDirectory($0, in: top) } ?? true }
    }

    // None of its components may be a link: the path is opened from outside the root.
    private static func isDirectory(_ path: String, in top: RootDirectory) -> Bool {
        var inside = ""
        for component in path.split(separator: "/") {
            inside += "/" + component
            guard component != "..", (try? top.link(inside)).flatMap({ $0 }) == nil,
                (try? top.entry(inside))?.kind == .directory
            else { return false }
        }
        return true
    }
}
