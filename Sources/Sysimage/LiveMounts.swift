import Glibc
import LibMount

/// Finds where volumes are mounted already.
struct LiveMounts {
    private let mounts: [LiveMount]

    init() { mounts = (try? LiveMount.all()) ?? [] }
    init(_ mounts: [LiveMount]) { self.mounts = mounts }

    /// The directories where the filesystem on `node` shows from `inside` downwards, the oldest mount first.
    ///
    /// btrfs shows an anonymous device number, so there the source's path counts.
    func places(of node: String, type: String?, inside: String = "/") -> [(path: String, isReadOnly: Bool)] {
        guard let device = DeviceNumber(node: node) else { return [] }
        return mounts.compactMap { mount in
            guard Self.shows(mount, device, type), let rest = Self.below(mount.root, inside) else {
                return nil
            }
            let path =
                rest.isEmpty ? mount.target : mount.target + (mount.target == "/" ? "" : "/") + rest
            return Self.isVisible(mount) ? (path, mount.isReadOnly) : nil
        }
    }

    // Another mount on top, or above, hides it: the path then leads elsewhere. btrfs has a number for each subvolume.
    private static func isVisible(_ mount: LiveMount) -> Bool {
        var status = stat()
        guard stat(mount.target, &status) == 0 else { return false }
        return mount.type == "btrfs"
            || DeviceNumber(UInt64(status.st_dev)) == DeviceNumber(major: mount.major, minor: mount.minor)
    }

    /// Whether the filesystem on `node` is mounted at all, whatever part of it shows.
    func isMounted(_ node: String, type: String?) -> Bool {
        guard let device = DeviceNumber(node: node) else { return false }
        return mounts.contains { Self.shows($0, device, type) }
    }

    private static func shows(_ mount: LiveMount, _ device: DeviceNumber, _ type: String?) -> Bool {
        guard mount.type == "btrfs" else {
            return DeviceNumber(major: mount.major, minor: mount.minor) == device
        }
        return type == "btrfs" && DeviceNumber(node: mount.source) == device
    }

    /// What is mounted on a directory, topmost; nil where nothing is.
    func on(_ target: String) -> LiveMount? { mounts.last { $0.target == target } }

    /// What is mounted on a directory and below it, in the order of mounting.
    func under(_ directory: String) -> [LiveMount] { under([directory]) }

    func under(_ directories: [String]) -> [LiveMount] {
        mounts.filter { mount in
            directories.contains { mount.target == $0 || mount.target.hasPrefix($0 + "/") }
        }
    }

    static func below(_ root: String, _ inside: String) -> String? {
        if root == "/" { return String(inside.drop { $0 == "/" }) }
        if inside == root { return "" }
        return inside.hasPrefix(root + "/") ? String(inside.dropFirst(root.count + 1)) : nil
    }
}
