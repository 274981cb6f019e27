import LibMount
import Machine
import Storage

/// The subvolumes of a btrfs that a root on it mounts below itself, each an empty directory where the root lies.
///
/// SUSE keeps GRUB's modules out of snapshots that way: /boot/grub2/i386-pc is a subvolume of its own.
struct SubvolumeMounts {
    private let top: RootDirectory
    /// From the place in the root to that in the filesystem.
    private let paths: [String: String]

    init(_ installation: Installation, on volume: Volume, of storage: StorageMap, top: RootDirectory) {
        self.top = top
        let entries = Fstab(parsing: installation.fstab?.text ?? "").entries.filter {
            $0.type == "btrfs" && storage.volumes(source: $0.source).contains { $0.id == volume.id }
        }
        let pairs = entries.compactMap { entry in
            entry.options.value("subvol").map { (entry.target, "/" + $0.drop { $0 == "/" }) }
        }
        paths = Dictionary(pairs) { _, last in last }
    }

    /// What is mounted at `path` of the root, as the names of a tree and of a directory in it.
    func directory(at path: String) -> (tree: RootDirectory, path: String)? {
        paths[path].map { (top, $0) }
    }
}
