import Bytes
import Machine
import TestFiles
import Testing

@testable import Storage

@Suite struct `A GPT` {
    private let disk: RecordedDisk

    init() throws {
        disk = try RecordedDisk(bytes: [], size: 8 << 20)
        let made = try Command(
            .shell, "-c", "printf 'label: gpt\\n2048,1M,L\\n' | sfdisk -q '\(disk.path)'"
        ).run()
        try #require(made.succeeded, "\(made.complaint)")
    }

    private func remark() throws -> String? {
        try GPTRemark.of(BlockSource(disk.path), sectorSize: 512)
    }

    @Test func `as sfdisk makes it is in order`() throws { #expect(try remark() == nil) }

    @Test func `beside which an MBR has partitions is a hybrid`() throws {
        disk.write([0x83], at: 446 + 16 + 4)
        #expect(try remark() == "an MBR with partitions beside its GPT")
    }

    @Test(arguments: [512, 512 + 40, 512 + 16])
    func `whose first copy was written over is damaged`(place: Int) throws {
        disk.write([0xa5], at: place)
        #expect(try remark() == "a GPT whose first copy is damaged")
    }

    @Test(arguments: [(8 << 20) - 512, (8 << 20) - 512 + 40])
    func `whose second copy was written over is damaged`(place: Int) throws {
        disk.write([0xa5], at: place)
        #expect(try remark() == "a GPT whose second copy is damaged or missing")
    }

    @Test func `that says its second copy lies nowhere has none`() throws {
        // The first copy's own checksum is right: it is the place that is not.
        var header = try BlockSource(disk.path).read(at: 512, count: 92)
        header.replaceSubrange(32..<40, with: [UInt8](repeating: 0xff, count: 8))
        header.replaceSubrange(16..<20, with: [0, 0, 0, 0])
        let sum = CRC32().standard(header)
        header.replaceSubrange(16..<20, with: (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) })
        disk.write(header, at: 512)
        #expect(try remark() == "a GPT whose second copy is damaged or missing")
    }
}
