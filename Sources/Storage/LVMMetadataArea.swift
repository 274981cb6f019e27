import Bytes
import Machine

/// The ring buffer on a physical volume in which LVM keeps the text that describes the volume group.
///
/// Format: struct mda_header and raw_locn, lib/format_text/layout.h. Little-endian.
enum LVMMetadataArea {
    // LVM's own areas are 1 MiB unless asked otherwise; more than this is no metadata.
    private static let mostText: UInt64 = 16 << 20

    /// What was wrong with an area.
    struct Damage: Error, Hashable, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    /// The committed text, or nil where the area is unused or ignored.
    static func text(in area: LVMLabel.Area, of source: some ByteSource) throws -> [UInt8]? {
        let header = try source.read(at: area.offset, count: 512)
        guard header.count == 512,
            header.span(at: 4, count: 16).map(Array.init) == Array(" LVM2 x[5A%r0N*>".utf8)
        else { throw Damage("no metadata header at byte \(area.offset)") }
        guard header.little(UInt32.self, at: 0) == CRC32().lvm(header[4...]) else {
            throw Damage("the checksum of the metadata header at byte \(area.offset) does not hold")
        }
        guard let start = header.little(UInt64.self, at: 24), let size = header.little(UInt64.self, at: 32),
            let offset = header.little(UInt64.self, at: 40), let length = header.little(UInt64.self, at: 48),
            let sum = header.little(UInt32.self, at: 56), let flags = header.little(UInt32.self, at: 60)
        else { return nil }
        // RAW_LOCN_IGNORED
        guard offset != 0, flags & 1 == 0 else { return nil }
        guard start == area.offset, size > 512, size <= UInt64(Int64.max) - min(start, UInt64(Int64.max)),
            offset >= 512, offset < size, length > 0, length <= min(size - 512, mostText)
        else { throw Damage("the metadata header at byte \(area.offset) points outside of its area") }
        // The text wraps around to the area's start, behind the header.
        let straight = min(length, size - offset)
        var text = try source.read(at: start + offset, count: Int(straight))
        if length > straight { text += try source.read(at: start + 512, count: Int(length - straight)) }
        guard UInt64(text.count) == length, CRC32().lvm(text) == sum else {
            throw Damage("the checksum of the metadata text at byte \(start + offset) does not hold")
        }
        return text
    }
}
