import Machine
import Testing

@testable import Storage

/// Logs laid out by hand in every position of the ring; real ones are among the recorded disks.
struct XFSLogTests {
    private static let blocks = 64

    /// A filesystem of 4096-byte blocks whose log fills blocks 16 to 23.
    private func filesystem(_ log: [UInt8]) -> MemorySource {
        var bytes = [UInt8](repeating: 0, count: 128 << 10)
        func put<T: FixedWidthInteger>(_ value: T, _ offset: Int) {
            withUnsafeBytes(of: value.bigEndian) {
                bytes.replaceSubrange(offset..<offset + $0.count, with: $0)
            }
        }
        bytes.replaceSubrange(0..<4, with: "XFSB".utf8)
        put(UInt32(4096), 4)
        put(UInt64(16), 48)
        put(UInt32(32), 84)
        put(UInt32(8), 96)
        put(UInt8(5), 124)
        bytes.replaceSubrange(65536..<65536 + log.count, with: log)
        return MemorySource(bytes, name: "xfs")
    }

    /// A ring whose blocks before `head` are of cycle 2 and from there on of cycle 1, with a last record of one block.
    private func ring(head: Int, flags: UInt8, operations: UInt32 = 1) -> [UInt8] {
        var log = [UInt8](repeating: 0, count: Self.blocks * 512)
        func put(_ value: UInt32, _ block: Int, _ offset: Int) {
            let place = (block + Self.blocks) % Self.blocks * 512 + offset
            withUnsafeBytes(of: value.bigEndian) { log.replaceSubrange(place..<place + 4, with: $0) }
        }
        for block in 0..<Self.blocks { put(block < head ? 2 : 1, block, 0) }
        let record = head - 2
        put(0xfeed_babe, record, 0)
        put(record < 0 ? 1 : 2, record, 4)
        put(2, record, 8)
        put(512, record, 12)
        put(operations, record, 40)
        put(32768, record, 320)
        log[(record + 1 + Self.blocks) % Self.blocks * 512 + 9] = flags
        return log
    }

    @Test(arguments: [2, 3, 17, 32, 63, 64])
    func `an unmount record before the head means clean, wherever the head is`(head: Int) throws {
        #expect(try XFSLog.state(of: filesystem(ring(head: head, flags: 0x20))) == .clean)
        #expect(try XFSLog.state(of: filesystem(ring(head: head, flags: 0x02))) == .dirty)
        #expect(try XFSLog.state(of: filesystem(ring(head: head, flags: 0x20, operations: 2))) == .dirty)
    }

    @Test func `a log of zeros was never used`() throws {
        #expect(try XFSLog.state(of: filesystem([UInt8](repeating: 0, count: Self.blocks * 512))) == .clean)
    }

    @Test func `a log without a record is dirty`() throws {
        #expect(try XFSLog.state(of: filesystem([UInt8](repeating: 1, count: Self.blocks * 512))) == .dirty)
    }

    @Test(arguments: [4, 48, 96, 124])
    func `a superblock that puts the log outside of the disk says nothing of it`(field: Int) throws {
        var bytes = try filesystem(ring(head: 9, flags: 0x20)).read(at: 0, count: 128 << 10)
        bytes.replaceSubrange(field..<field + 1, with: [0xff])
        #expect(try XFSLog.state(of: MemorySource(bytes)) == .unknown)
    }

    @Test func `other filesystems have no such log`() throws {
        #expect(try XFSLog.state(of: MemorySource([UInt8](repeating: 0, count: 4096))) == .unknown)
    }
}
