import Machine
import Storage

/// What `bootmend mount` has left mounted, for `umount`, `shell`, and the next `mount`: /run/bootmend/mounted.json.
package struct SysimageState: Sendable, Hashable {
    package var tree: MountedTree
    /// The volume of the root, so that the next run knows the system again.
    package var root: VolumeID
    package var isReadOnly: Bool
    /// As the installation is called: "Debian GNU/Linux 12".
    package var name: String
    /// False while `mount` is at it, and for good where it was killed.
    package var isWhole: Bool

    package init(tree: MountedTree, root: VolumeID, isReadOnly: Bool, name: String, isWhole: Bool = true) {
        self.tree = tree
        self.root = root
        self.isReadOnly = isReadOnly
        self.name = name
        self.isWhole = isWhole
    }

    private static let record = RunRecord("mounted.json")

    /// nil where nothing is mounted: neither by the record nor in truth.
    package static func load() throws(SystemError) -> SysimageState? { try load(record) }

    static func load(_ record: RunRecord) throws(SystemError) -> SysimageState? {
        guard let json = try record.load(), let path = json["path"]?.string else { return nil }
        var tree = MountedTree(
            path: path, mounts: json["mounts"]?.strings ?? [],
            skipped: (json["skipped"]?.items ?? []).map { item in
                TreePlan.Skipped(
                    target: item["target"]?.string ?? "", line: item["line"]?.integer ?? 0,
                    reason: item["reason"]?.string ?? "", isMissing: item["missing"]?.boolean ?? false)
            }, mapped: json["mapped"]?.strings ?? [])
        // Unmounted by hand, or in another namespace.
        guard tree.isMounted else { return nil }
        let isWhole = json["whole"]?.boolean ?? true
        // A recursive bind that was cut short has brought more than was written down.
        if !isWhole { tree.takeInWhatLiesBelow() }
        return SysimageState(
            tree: tree, root: VolumeID(json["root"]?.string ?? ""),
            isReadOnly: json["read_only"]?.boolean ?? false,
            name: json["name"]?.string ?? "", isWhole: isWhole)
    }

    /// Whether there is a record, of mounts that another namespace may have; one whose mounts are gone is forgotten
    /// before it is asked.
    package static var isRecorded: Bool { record.isThere }

    package func save() throws(SystemError) { try save(Self.record) }

    func save(_ record: RunRecord) throws(SystemError) {
        try record.save(
            .object([
                "schema": .number(1), "path": .text(tree.path), "root": .text(root.rawValue),
                "read_only": .flag(isReadOnly), "name": .text(name),
                "whole": .flag(isWhole), "mounts": .strings(tree.mounts),
                "mapped": .strings(tree.mapped),
                "skipped": .list(
                    tree.skipped.map {
                        .object([
                            "target": .text($0.target), "line": .number($0.line), "reason": .text($0.reason),
                            "missing": .flag($0.isMissing),
                        ])
                    }),
            ]))
    }

    /// Unmounts everything and closes what was opened for it. What would not go stays in the record.
    package mutating func takeDown() -> [SystemError] {
        var failures = tree.unmount()
        guard failures.isEmpty else {
            do throws(SystemError) { try save() } catch { failures.append(error) }
            return failures
        }
        Self.forget()
        return Opening().close()
    }

    /// Forgets it, once everything is unmounted.
    package static func forget() { record.remove() }
}

extension MountedTree {
    /// Something of it is still mounted.
    package var isMounted: Bool {
        let live = LiveMounts()
        return live.on(path) != nil && (mounts.isEmpty || mounts.contains { live.on($0) != nil })
    }
}
