internal import CMount
import Glibc

/// A filesystem that is mounted right now, one line of /proc/self/mountinfo.
package struct LiveMount: Sendable, Hashable {
    /// The mount's number, and that of the mount it lies on.
    package var id: Int
    package var parent: Int
    /// The device, or the anonymous number that btrfs and friends get.
    package var major: UInt32
    package var minor: UInt32
    /// The directory of the filesystem that shows: `/`, or what was bound, or the subvolume.
    package var root: String
    package var target: String
    package var type: String
    package var source: String
    /// Of the mount and of the filesystem behind it.
    package var options: MountOptions

    package init(
        id: Int, parent: Int, major: UInt32, minor: UInt32, root: String = "/", target: String, type: String,
        source: String, options: MountOptions = "rw"
    ) {
        self.id = id
        self.parent = parent
        self.major = major
        self.minor = minor
        self.root = root
        self.target = target
        self.type = type
        self.source = source
        self.options = options
    }

    package var isReadOnly: Bool { options.contains("ro") }

    /// Takes the text of a mountinfo apart; the kernel wrote it, so what cannot be read is passed over.
    package static func parse(mountinfo text: String) -> [LiveMount] {
        readTable(.mountinfo, text) { entry, _ in
            let device = mnt_fs_get_devno(entry)
            return LiveMount(
                id: Int(mnt_fs_get_id(entry)), parent: Int(mnt_fs_get_parent_id(entry)),
                major: gnu_dev_major(device),
                minor: gnu_dev_minor(device), root: copied(mnt_fs_get_root(entry)),
                target: copied(mnt_fs_get_target(entry)), type: copied(mnt_fs_get_fstype(entry)),
                source: copied(mnt_fs_get_source(entry)),
                options: MountOptions(copied(mnt_fs_get_options(entry))))
        }.entries
    }

    /// What is mounted in the namespace of this process, in the order of mounting.
    package static func all() throws(LibMountError) -> [LiveMount] {
        parse(mountinfo: try readKernelTable("/proc/self/mountinfo"))
    }
}

/// A swap area in use, one line of /proc/swaps.
package struct SwapArea: Sendable, Hashable {
    package var path: String
    /// `partition` or `file`.
    package var type: String
    package var priority: Int

    package init(path: String, type: String, priority: Int) {
        self.path = path
        self.type = type
        self.priority = priority
    }

    package static func parse(swaps text: String) -> [SwapArea] {
        readTable(.swaps, text) { entry, _ in
            SwapArea(
                path: copied(mnt_fs_get_source(entry)), type: copied(mnt_fs_get_swaptype(entry)),
                priority: Int(mnt_fs_get_priority(entry)))
        }.entries
    }

    package static func all() throws(LibMountError) -> [SwapArea] {
        parse(swaps: try readKernelTable("/proc/swaps"))
    }
}

/// A table of the kernel's: it has no size before it is read, so it is read to its end.
private func readKernelTable(_ path: String) throws(LibMountError) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw LibMountError("read", path, number: errno) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while bytes.count < 64 << 20 {
        let got = read(file, &buffer, buffer.count)
        if got < 0 && errno == EINTR { continue }
        guard got >= 0 else { throw LibMountError("read", path, number: errno) }
        if got == 0 { break }
        bytes += buffer.prefix(got)
    }
    return String(decoding: bytes, as: UTF8.self)
}
