import Bytes
import Machine

/// What is odd about a GPT that libblkid reads all the same (UEFI specification 2.10, 5.2.3 and 5.3.2).
enum GPTRemark {
    static func of(_ source: some ByteSource, sectorSize: Int) throws(SystemError) -> String? {
        let entries = MBREntry.all(in: try source.read(at: 0, count: 512))
        if entries.contains(where: { $0.type != 0 && $0.type != 0xee }) {
            return "an MBR with partitions beside its GPT"
        }
        let header = try source.read(at: UInt64(sectorSize), count: sectorSize)
        guard header.starts(with: Array("EFI PART".utf8)), let size = header.little(UInt32.self, at: 12),
            size >= 92, var bytes = header.span(at: 0, count: Int(size)).map(Array.init),
            let wanted = bytes.little(UInt32.self, at: 16)
        else { return "a GPT whose first copy is damaged" }
        bytes.replaceSubrange(16..<20, with: [0, 0, 0, 0])
        return CRC32().standard(bytes) == wanted ? nil : "a GPT whose first copy is damaged"
    }
}
