import Bytes
import Machine

/// Finds out whether an XFS was unmounted in order, by the last record in its log.
///
/// The way is that of xlog_find_tail in fs/xfs/xfs_log_recover.c: every 512-byte block of the ring carries the number
/// of the cycle in which it was written, so the head is where that number drops; the record before it says the rest.
/// All big-endian.
struct XFSLog {
    private static let recordMagic: UInt32 = 0xfeed_babe
    // XLOG_MAX_RECORD_BSIZE is 256 KiB, plus its headers; eight records may be in flight (XLOG_MAX_ICLOGS).
    private static let farthest = 8 * (256 * 1024 / 512 + 8)

    /// `unknown` for an external log and for one that is not laid out as it should be.
    static func state(of source: some ByteSource) throws(SystemError) -> LogState {
        guard let log = try XFSLog(source: source) else { return .unknown }
        return try log.state()
    }

    private let source: any ByteSource
    private let start: UInt64
    /// Length in 512-byte blocks.
    private let blocks: Int

    private init?(source: some ByteSource) throws(SystemError) {
        let superblock = try source.read(at: 0, count: 512)
        guard superblock.starts(with: Array("XFSB".utf8)), let blockSize = superblock.big(UInt32.self, at: 4),
            let logStart = superblock.big(UInt64.self, at: 48),
            let groupBlocks = superblock.big(UInt32.self, at: 84),
            let logBlocks = superblock.big(UInt32.self, at: 96),
            let shift = superblock.big(UInt8.self, at: 124),
            // An external log has no start here.
            logStart != 0, shift < 32, blockSize >= 512, blockSize <= 65536, logBlocks > 0
        else { return nil }
        let group = logStart >> UInt64(shift)
        let inside = logStart & (1 << UInt64(shift) - 1)
        let (before, overflow) = group.multipliedReportingOverflow(by: UInt64(groupBlocks))
        let (offset, tooFar) = (before &+ inside).multipliedReportingOverflow(by: UInt64(blockSize))
        let length = UInt64(logBlocks) * UInt64(blockSize)
        guard !overflow, !tooFar, offset < source.size, length <= source.size - offset else { return nil }
        self.source = source
        start = offset
        blocks = Int(length / 512)
    }

    private func state() throws(SystemError) -> LogState {
        let first = try cycle(0)
        // A log of zeros was never written.
        guard first != 0 else { return .clean }
        let last = try cycle(blocks - 1)
        // Both ends in one cycle: the last record ended exactly at the end of the ring.
        let head = first == last ? blocks : try firstBlock(otherThan: first)
        return try wasUnmounted(at: head) ? .clean : .dirty
    }

    // Binary search, as xlog_find_cycle_start.
    private func firstBlock(otherThan cycle: UInt32) throws(SystemError) -> Int {
        var low = 0
        var high = blocks - 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if try self.cycle(middle) == cycle { low = middle } else { high = middle }
        }
        return high
    }

    /// The cycle of a block: its first word, but the second in a record header, whose first is the magic.
    private func cycle(_ block: Int) throws(SystemError) -> UInt32 {
        let bytes = try read(block, 1)
        let word = bytes.big(UInt32.self, at: 0) ?? 0
        return word == Self.recordMagic ? bytes.big(UInt32.self, at: 4) ?? 0 : word
    }

    // xlog_check_unmount_rec: the last record before the head is one operation, flagged as the unmount, and ends there.
    private func wasUnmounted(at head: Int) throws(SystemError) -> Bool {
        guard let record = try lastRecord(before: head) else { return false }
        let header = try read(record, 1)
        guard let version = header.big(UInt32.self, at: 8), let length = header.big(UInt32.self, at: 12),
            let operations = header.big(UInt32.self, at: 40),
            let headerSize = header.big(UInt32.self, at: 320)
        else { return false }
        let headerBlocks = version & 2 != 0 ? max(1, (Int(headerSize) + 32767) / 32768) : 1
        let end = record + headerBlocks + (Int(length) + 511) / 512
        guard operations == 1, end % blocks == head % blocks, headerBlocks < blocks else { return false }
        // Flags are the tenth byte of an operation's header; XLOG_UNMOUNT_TRANS.
        let operation = try read((record + headerBlocks) % blocks, 1)
        return operation.big(UInt8.self, at: 9).map { $0 & 0x20 != 0 } ?? false
    }

    private func lastRecord(before head: Int) throws(SystemError) -> Int? {
        let window = 64
        var end = head
        var looked = 0
        while looked < Self.farthest, looked < blocks {
            let size = min(window, end, blocks - looked)
            let bytes = try read(end - size, size)
            for block in (0..<size).reversed()
            where bytes.big(UInt32.self, at: block * 512) == Self.recordMagic {
                return end - size + block
            }
            looked += size
            end -= size
            if end == 0 { end = blocks }
        }
        return nil
    }

    private func read(_ block: Int, _ count: Int) throws(SystemError) -> [UInt8] {
        try source.read(at: start + UInt64(block) * 512, count: count * 512)
    }
}
