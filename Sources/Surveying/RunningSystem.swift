import CLinux
import Glibc
import LibMount
import Storage

/// Where the system that bootmend runs from has its root: on one of the volumes, or, as live media have it, on a layer
/// over one of them.
struct RunningSystem: Sendable {
    /// How a volume is used by it.
    enum Use: Sendable, Hashable {
        /// It is the running system's root.
        case root
        /// It is what a live medium's root is layered over.
        case medium
        case none
    }

    /// The number that the kernel knows a device by.
    struct Device: Sendable, Hashable {
        var major: UInt32
        var minor: UInt32
    }

    private let mounts: [LiveMount]
    private let root: LiveMount?
    /// Part of a btrfs that is mounted as the root: "@".
    let subvolume: String?

    init(_ mounts: [LiveMount] = (try? LiveMount.all()) ?? []) {
        self.mounts = mounts
        root = mounts.last { $0.target == "/" }
        let inside = root?.type == "btrfs" ? root.map { String($0.root.drop { $0 == "/" }) } : nil
        subvolume = inside.flatMap { $0.isEmpty ? nil : $0 }
    }

    func use(of volume: Volume, in storage: StorageMap) -> Use {
        guard let root else { return .none }
        // Of a btrfs over several devices the kernel names one, and not always the same.
        for node in storage.spread(of: volume).compactMap(\.node) {
            guard let device = Self.device(of: node) else { continue }
            let use = use(of: device, isBusy: { Self.isBusy(node) }, root: root)
            if use != .none { return use }
        }
        return .none
    }

    /// Which of these volumes it has mounted, whole or a subvolume of them, in the order of mounting. What is hidden by
    /// a later mount on the same directory is left out.
    func mounted(_ storage: StorageMap) -> [MountedVolume] {
        mounted(
            storage.volumes.compactMap { volume in
                volume.node.flatMap(Self.device).map { (storage.firstDevice(of: volume).id, $0) }
            })
    }

    func mounted(_ devices: [(volume: VolumeID, device: Device)]) -> [MountedVolume] {
        var found: [MountedVolume] = []
        for mount in mounts where mount.type == "btrfs" || mount.root == "/" {
            found.removeAll { $0.target == mount.target }
            if let shown = devices.first(where: { Self.shows(mount, $0.device) }) {
                found.append(MountedVolume(volume: shown.volume, target: mount.target))
            }
        }
        return found
    }

    /// The volumes that a device node leads to, whatever it is called.
    func volumes(on node: String, in storage: StorageMap) -> [VolumeID] {
        guard let device = Self.device(of: node) else { return [] }
        return storage.volumes.filter { $0.node.flatMap(Self.device) == device }.map(\.id)
    }

    /// `isBusy` says whether the kernel holds the device for somebody.
    func use(of device: Device, isBusy: () -> Bool, root: LiveMount) -> Use {
        if Self.shows(root, device) { return .root }
        guard Self.layered.contains(root.type) else { return .none }
        let layers = ["lowerdir", "upperdir"].compactMap { root.options.value($0) }
            .flatMap { $0.split(separator: ":").map(String.init) }
        if layers.contains(where: { place(of: $0).map { Self.shows($0, device) } ?? false }) {
            return .medium
        }
        // An initramfs mounts the layer before the root is switched to: it is in use, and nothing shows where.
        return !mounts.contains { Self.shows($0, device) } && isBusy() ? .medium : .none
    }

    // What the root of a live system is: the layers are named in the mount's options, if anywhere.
    private static let layered: Set<String> = [
        "overlay", "aufs", "tmpfs", "rootfs", "ramfs", "squashfs", "erofs",
    ]

    /// The mount that a path lies on.
    private func place(of path: String) -> LiveMount? {
        let above = mounts.filter { path == $0.target || $0.target == "/" || path.hasPrefix($0.target + "/") }
        return above.enumerated().max {
            ($0.element.target.count, $0.offset) < ($1.element.target.count, $1.offset)
        }?
        .element
    }

    // btrfs shows an anonymous device number: there the source tells (fs/btrfs/super.c).
    private static func shows(_ mount: LiveMount, _ device: Device) -> Bool {
        if mount.type == "btrfs" { return self.device(of: mount.source) == device }
        return Device(major: mount.major, minor: mount.minor) == device
    }

    private static func device(of node: String) -> Device? {
        var status = stat()
        guard node.hasPrefix("/"), stat(node, &status) == 0, status.st_mode & S_IFMT == S_IFBLK else {
            return nil
        }
        return Device(major: bm_major(UInt64(status.st_rdev)), minor: bm_minor(UInt64(status.st_rdev)))
    }

    // open(2): O_EXCL on a block device fails with EBUSY where it is mounted or part of something that runs.
    private static func isBusy(_ node: String) -> Bool {
        let descriptor = open(node, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == EBUSY }
        close(descriptor)
        return false
    }
}
