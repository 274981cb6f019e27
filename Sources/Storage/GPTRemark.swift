import Bytes
import Machine

/// What is odd about a GPT that libblkid reads all the same (UEFI specification 2.10, 5.2.3 and 5.3.2).
enum GPTRemark {
    static func of(_ source: some ByteSource, sectorSize: Int) throws(SystemError) -> String? {
        let entries = MBREntry.all(in: try source.read(at: 0, count: 512))
        if entries.contains(where: { $0.type != 0 && $0.type != 0xee }) {
            return "an MBR with partitions beside its GPT"
        }
        guard let first = try header(at: 1, of: source, sectorSize: sectorSize) else {
            return "a GPT whose first copy is damaged"
        }
        // Where the first says that it lies: not at the end of a disk that has grown.
        guard let place = first.little(UInt64.self, at: 32),
            try header(at: place, of: source, sectorSize: sectorSize) != nil
        else { return "a GPT whose second copy is damaged or missing" }
        return nil
    }

    /// The header in a sector; nil where that holds none, or not all of one.
    private static func header(
        at sector: UInt64, of source: some ByteSource, sectorSize: Int
    ) throws(SystemError) -> [UInt8]? {
        let (start, overflow) = sector.multipliedReportingOverflow(by: UInt64(sectorSize))
        guard !overflow else { return nil }
        let bytes = try source.read(at: start, count: sectorSize)
        guard bytes.starts(with: Array("EFI PART".utf8)), let size = bytes.little(UInt32.self, at: 12),
            size >= 92, var header = bytes.span(at: 0, count: Int(size)).map(Array.init),
            let wanted = header.little(UInt32.self, at: 16)
        else { return nil }
        header.replaceSubrange(16..<20, with: [0, 0, 0, 0])
        return CRC32().standard(header) == wanted ? header : nil
    }
}
