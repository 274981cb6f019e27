import Bytes
import Machine

/// The label and header by which LVM knows a physical volume.
///
/// Format: lib/label/label.h and lib/format_text/layout.h of lvm2. Little-endian.
package struct LVMLabel: Sendable, Hashable {
    /// A run of bytes of the physical volume; `size` 0 means up to its end.
    package struct Area: Sendable, Hashable {
        package var offset: UInt64
        package var size: UInt64
    }

    /// Dashed, as LVM prints it.
    package var uuid: String
    package var deviceSize: UInt64
    package var dataAreas: [Area]
    package var metadataAreas: [Area]

    /// The label is in one of the first four sectors, normally the second.
    package static func find(on source: some ByteSource) throws(SystemError) -> LVMLabel? {
        LVMLabel(try source.read(at: 0, count: 4 * 512))
    }

    /// The first good label among four sectors; one whose checksum does not hold is none, as for LVM itself.
    package init?(_ sectors: [UInt8]) {
        for index in 0..<4 {
            guard let sector = sectors.span(at: index * 512, count: 512).map(Array.init),
                sector.starts(with: Array("LABELONE".utf8)),
                sector.little(UInt64.self, at: 8) == UInt64(index),
                sector.span(at: 24, count: 8).map({ $0.elementsEqual("LVM2 001".utf8) }) == true,
                sector.little(UInt32.self, at: 16) == CRC32().lvm(sector[20...]),
                let header = sector.little(UInt32.self, at: 20), header >= 32, header <= 512
            else { continue }
            self.init(header: sector, at: Int(header))
            return
        }
        return nil
    }

    private init(header sector: [UInt8], at start: Int) {
        uuid = Self.dashed(String(decoding: sector.span(at: start, count: 32) ?? [], as: UTF8.self))
        deviceSize = sector.little(UInt64.self, at: start + 32) ?? 0
        dataAreas = []
        metadataAreas = []
        var position = start + 40
        // Two lists of areas, each ended by a zero entry; the sector's end bounds both.
        while let area = Self.area(sector, at: position), area.offset != 0 {
            dataAreas.append(area)
            position += 16
        }
        position += 16
        while let area = Self.area(sector, at: position), area.offset != 0 {
            metadataAreas.append(area)
            position += 16
        }
    }

    private static func area(_ sector: [UInt8], at position: Int) -> Area? {
        guard let offset = sector.little(UInt64.self, at: position),
            let size = sector.little(UInt64.self, at: position + 8)
        else { return nil }
        return Area(offset: offset, size: size)
    }

    // id_write_format in lib/uuid/uuid.c: 6-4-4-4-4-4-6.
    private static func dashed(_ text: String) -> String {
        var result = ""
        for (position, character) in text.enumerated() {
            if [6, 10, 14, 18, 22, 26].contains(position) { result.append("-") }
            result.append(character)
        }
        return result
    }
}
