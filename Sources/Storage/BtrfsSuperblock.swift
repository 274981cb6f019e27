import Bytes
import Machine

/// The first superblock of a btrfs (struct btrfs_super_block, include/uapi/linux/btrfs_tree.h).
struct BtrfsSuperblock {
    /// Whether it was left with a tree log, which holds what fsync(2) promised since the last commit: `log_root`.
    let log: LogState
    /// Over how many devices it is spread, `num_devices`; nil where the superblock is damaged.
    let devices: UInt64?

    init(of source: some ByteSource) throws(SystemError) {
        let superblock = try source.read(at: 0x10000, count: 4096)
        guard superblock.span(at: 0x40, count: 8).map(Array.init) == Array("_BHRfS_M".utf8),
            let logRoot = superblock.little(UInt64.self, at: 0x60)
        else {
            log = .unknown
            devices = nil
            return
        }
        log = logRoot == 0 ? .clean : .dirty
        devices = superblock.little(UInt64.self, at: 0x88)
    }
}
