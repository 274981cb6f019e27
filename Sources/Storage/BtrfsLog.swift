import Bytes
import Machine

/// Whether a btrfs was left with a tree log, which holds what fsync(2) promised since the last commit.
enum BtrfsLog {
    /// Reads `log_root` of the first superblock (struct btrfs_super_block, fs/btrfs).
    static func state(of source: some ByteSource) throws(SystemError) -> LogState {
        let superblock = try source.read(at: 0x10000, count: 4096)
        guard superblock.span(at: 0x40, count: 8).map(Array.init) == Array("_BHRfS_M".utf8),
            let logRoot = superblock.little(UInt64.self, at: 0x60)
        else { return .unknown }
        return logRoot == 0 ? .clean : .dirty
    }
}
