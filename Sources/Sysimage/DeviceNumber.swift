import CLinux
import Glibc

/// The number that the kernel knows a device by.
struct DeviceNumber: Hashable {
    var major: UInt32
    var minor: UInt32

    init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// Of a block device's node, links followed; nil for anything else.
    init?(node: String) {
        var status = stat()
        guard node.hasPrefix("/"), stat(node, &status) == 0, bm_is_block(status.st_mode) != 0 else {
            return nil
        }
        self.init(UInt64(status.st_rdev))
    }

    /// Of a dev_t.
    init(_ device: UInt64) {
        major = bm_major(device)
        minor = bm_minor(device)
    }
}
