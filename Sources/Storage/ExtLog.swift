import Bytes
import Machine

/// What an ext2, ext3 or ext4 superblock says of its journal and its orphans (fs/ext4/ext4.h).
struct ExtLog {
    var log: LogState?
    var hasOrphans: Bool

    init(_ source: some ByteSource) throws(SystemError) {
        let superblock = try source.read(at: 1024, count: 1024)
        guard superblock.little(UInt16.self, at: 0x38) == 0xef53,
            let state = superblock.little(UInt16.self, at: 0x3a),
            let compatible = superblock.little(UInt32.self, at: 0x5c),
            let incompatible = superblock.little(UInt32.self, at: 0x60),
            let readOnlyCompatible = superblock.little(UInt32.self, at: 0x64),
            let lastOrphan = superblock.little(UInt32.self, at: 0xe8)
        else {
            log = .unknown
            hasOrphans = false
            return
        }
        // EXT4_FEATURE_COMPAT_HAS_JOURNAL, EXT4_FEATURE_INCOMPAT_RECOVER
        log = compatible & 4 == 0 ? nil : incompatible & 4 == 0 ? .clean : .dirty
        // EXT4_ORPHAN_FS, EXT4_FEATURE_RO_COMPAT_ORPHAN_PRESENT
        hasOrphans = lastOrphan != 0 || state & 4 != 0 || readOnlyCompatible & 0x10000 != 0
    }
}
