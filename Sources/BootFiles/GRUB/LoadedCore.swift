import Bytes
import Machine

/// A core image's sectors in the order in which they land in memory, as diskboot.S puts them there.
struct LoadedCore {
    /// The diskboot sector and everything its block list names; shorter where `damage` says so.
    var bytes: [UInt8]
    var damage: String?

    static let sectorSize = 512
    // setup.c lets a core with its redundancy reach from 0x8200 to 0x78000 at most (GRUB_MEMORY_MACHINE_…).
    static let most = 1024

    /// Follows the block list of the diskboot sector at `sector`.
    init(from source: some ByteSource, at sector: UInt64) throws(SystemError) {
        bytes = []
        guard let first = try Self.sectors(1, at: sector, of: source) else {
            damage = "the boot record points to sector \(sector), past the end of the disk"
            return
        }
        guard first.contains(where: { $0 != 0 }) else {
            damage = "sector \(sector) holds zeros where the core image should begin"
            return
        }
        guard Self.isDiskboot(first) else {
            damage = "sector \(sector) holds something else than the beginning of a core image"
            return
        }
        bytes = first
        guard let list = Self.blockList(of: first) else {
            damage = "the block list at byte 0x1f4 of sector \(sector) has no end"
            return
        }
        guard !list.isEmpty else {
            damage = "the block list at byte 0x1f4 of sector \(sector) is empty"
            return
        }
        for block in list {
            let loaded = UInt64(bytes.count / Self.sectorSize)
            // The first block goes to segment 0x820, each further one behind it; 32 paragraphs are a sector.
            guard UInt64(block.segment) == 0x820 + (loaded - 1) * 32 else {
                damage = "the block list of sector \(sector) loads to segment \(block.segment), out of order"
                return
            }
            guard loaded + UInt64(block.count) <= Self.most else {
                damage = "the block list of sector \(sector) names more sectors than a core image may have"
                return
            }
            guard let more = try Self.sectors(Int(block.count), at: block.start, of: source) else {
                damage =
                    "the block list of sector \(sector) points to sectors \(block.start) and on, past the end of the disk"
                return
            }
            bytes += more
        }
    }

    /// A core.img file: the sectors follow one another, the last one may be cut short.
    init(file: [UInt8]) {
        bytes = Array(file.prefix(Self.most * Self.sectorSize))
        damage = Self.isDiskboot(bytes) ? nil : "it does not begin like a core image"
    }

    /// One run of sectors to load: `u64 start; u16 count; u16 segment` (grub_pc_bios_boot_blocklist).
    struct Block {
        var start: UInt64
        var count: UInt16
        var segment: UInt16
    }

    /// The list grows downwards from the end of the sector; a count of zero ends it. Nil where it never ends.
    static func blockList(of diskboot: [UInt8]) -> [Block]? {
        var list: [Block] = []
        // Code and messages fill the first 0x180 bytes or so; a list reaching into them is none.
        for offset in stride(from: 0x1f4, through: 0x150, by: -12) {
            guard let start: UInt64 = diskboot.little(at: offset),
                let count: UInt16 = diskboot.little(at: offset + 8),
                let segment: UInt16 = diskboot.little(at: offset + 10)
            else { return nil }
            if count == 0 { return list }
            list.append(Block(start: start, count: count, segment: segment))
        }
        return nil
    }

    // diskboot.S keeps its error messages together; "loading" before them is missing from quiet builds.
    private static func isDiskboot(_ sector: [UInt8]) -> Bool {
        sector.prefix(sectorSize).offset(of: Array("Geom\0Read\0 Error".utf8)) != nil
    }

    private static func sectors(
        _ count: Int, at sector: UInt64, of source: some ByteSource
    ) throws(SystemError) -> [UInt8]? {
        let (offset, overflow) = sector.multipliedReportingOverflow(by: UInt64(sectorSize))
        guard !overflow, offset < source.size else { return nil }
        let bytes = try source.read(at: offset, count: count * sectorSize)
        return bytes.count == count * sectorSize ? bytes : nil
    }
}
