import Bytes

/// One of the four entries of a master boot record (include/linux/msdos_partition.h, struct msdos_partition).
package struct MBREntry: Sendable, Hashable {
    /// 0 where the entry is free, 0xee where a GPT describes the disk.
    package var type: UInt8
    /// In sectors of the disk.
    package var start: UInt32

    /// Those of a disk's first sector, free ones included.
    package static func all(in sector: [UInt8]) -> [MBREntry] {
        stride(from: 446, to: 510, by: 16).compactMap { entry in
            guard let type = sector.little(UInt8.self, at: entry + 4),
                let start = sector.little(UInt32.self, at: entry + 8)
            else { return nil }
            return MBREntry(type: type, start: start)
        }
    }
}
