import Bytes
import Machine

/// The files of a FAT12, FAT16 or FAT32 filesystem, read from its bytes: nothing is mounted, and no kernel needs vfat.
///
/// Format: fatgen103 (Microsoft). Where programs differ it goes by Linux (fs/fat). Numbers on the disk are checked
/// against its size, chains against loops, directories against the 65536 entries that the format allows.
package struct FATFilesystem: Sendable {
    package enum Kind: String, Sendable, Hashable { case fat12, fat16, fat32 }

    package let kind: Kind
    let source: any ByteSource
    /// Bytes.
    let clusterSize: Int
    /// Bytes from the start of the filesystem to the file allocation table that counts.
    let tableStart: UInt64
    /// Bytes to cluster 2, the first there is.
    let dataStart: UInt64
    /// One more than the highest cluster number.
    let clusterEnd: UInt32
    let root: Root

    /// FAT12 and FAT16 keep the root directory beside the clusters.
    enum Root: Hashable {
        case area(start: UInt64, count: Int)
        case cluster(UInt32)
    }

    /// Reads the boot sector. Throws, with what is wrong with it, where this is no FAT.
    package init(_ source: some ByteSource) throws(SystemError) {
        self.source = source
        let sector = try source.read(at: 0, count: 512)
        guard let sectorSize = sector.little(UInt16.self, at: 11).map(UInt64.init),
            let sectorsPerCluster = sector.little(UInt8.self, at: 13).map(UInt64.init),
            let reserved = sector.little(UInt16.self, at: 14).map(UInt64.init),
            let tables = sector.little(UInt8.self, at: 16).map(UInt64.init),
            let rootEntries = sector.little(UInt16.self, at: 17).map(UInt64.init),
            let total16 = sector.little(UInt16.self, at: 19).map(UInt64.init),
            let tableSize16 = sector.little(UInt16.self, at: 22).map(UInt64.init),
            let total32 = sector.little(UInt32.self, at: 32).map(UInt64.init),
            let tableSize32 = sector.little(UInt32.self, at: 36).map(UInt64.init),
            let flags = sector.little(UInt16.self, at: 40), let rootCluster: UInt32 = sector.little(at: 44),
            sector.count == 512
        else { throw Self.flaw("it ends before its boot sector does", source) }
        // fat_read_bpb of fs/fat/inode.c.
        guard [512, 1024, 2048, 4096].contains(sectorSize), sectorsPerCluster.nonzeroBitCount == 1,
            sectorSize * sectorsPerCluster <= 256 << 10, reserved > 0, tables > 0,
            tableSize16 > 0 || tableSize32 > 0
        else { throw Self.flaw("its boot sector is not that of a FAT", source) }

        let isWide = tableSize16 == 0
        let tableSize = isWide ? tableSize32 : tableSize16
        let rootSectors = (rootEntries * 32 + sectorSize - 1) / sectorSize
        let before = reserved + tables * tableSize + rootSectors
        let total = total16 > 0 ? total16 : total32
        guard before < total else { throw Self.flaw("its boot sector leaves no room for files", source) }
        let clusters = (total - before) / sectorsPerCluster
        // Linux takes one without the 16-bit size for FAT32 whatever the number of clusters (fat_fill_super).
        kind = isWide ? .fat32 : clusters < 4085 ? .fat12 : .fat16
        // A table too short for all clusters leaves the last ones without an entry.
        let entries = tableSize * sectorSize * 8 / kind.bits
        clusterEnd = UInt32(clamping: min(clusters + 2, entries, kind.lastCluster + 1))
        // Bit 7: only one table is kept, and the low bits say which.
        let active = isWide && flags & 0x80 != 0 ? UInt64(flags & 15) : 0
        guard active < tables else {
            throw Self.flaw("its boot sector names a table that is not there", source)
        }
        clusterSize = Int(sectorSize * sectorsPerCluster)
        tableStart = (reserved + active * tableSize) * sectorSize
        dataStart = before * sectorSize
        root =
            isWide
            ? .cluster(rootCluster)
            : .area(start: (reserved + tables * tableSize) * sectorSize, count: Int(rootEntries) * 32)
    }

    /// What stands at `path`, in whatever case; nil where nothing does. "" and "/" are the root and no entry.
    package func entry(_ path: String) throws(SystemError) -> FATEntry? {
        var found: FATEntry?
        for name in path.split(separator: "/") {
            if let found, !found.isDirectory { return nil }
            guard let next = try entries(of: found).first(where: { $0.isCalled(name) }) else { return nil }
            found = next
        }
        return found
    }

    /// The entries of the directory at `path`; nil where none is there.
    package func list(_ path: String) throws(SystemError) -> [FATEntry]? {
        let found = try entry(path)
        guard found?.isDirectory ?? path.allSatisfy({ $0 == "/" }) else { return nil }
        return try entries(of: found)
    }

    /// The file at `path`; nil where none is there. Throws for one of more than `limit` bytes.
    package func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8]? {
        guard let entry = try entry(path), !entry.isDirectory else { return nil }
        return try read(entry, limit: limit)
    }

    /// The bytes of a file.
    package func read(_ entry: FATEntry, limit: Int) throws(SystemError) -> [UInt8] {
        let size = Int(entry.size)
        guard size <= limit else {
            throw flaw("'\(entry.name)' has \(size) bytes, more than the \(limit) expected")
        }
        let bytes = try chain(from: entry.cluster, most: size)
        guard bytes.count >= size else {
            throw flaw("'\(entry.name)' breaks off after \(bytes.count) of its \(size) bytes")
        }
        return Array(bytes.prefix(size))
    }

    /// What a file begins with: `most` bytes, fewer where it is shorter or its chain breaks off.
    package func head(of entry: FATEntry, most: Int) throws(SystemError) -> [UInt8] {
        let wanted = min(most, Int(entry.size))
        return Array(try chain(from: entry.cluster, most: wanted).prefix(wanted))
    }

    private func entries(of directory: FATEntry?) throws(SystemError) -> [FATEntry] {
        let most = FATEntry.mostInDirectory * FATEntry.size
        let start: UInt32
        if let directory {
            start = directory.cluster
        } else {
            switch root {
            case .area(let offset, let count):
                return FATEntry.parse(try source.read(at: offset, count: count), isWide: false)
            case .cluster(let cluster): start = cluster
            }
        }
        return FATEntry.parse(try chain(from: start, most: most), isWide: kind == .fat32)
    }

    func flaw(_ detail: String) -> SystemError { Self.flaw(detail, source) }

    private static func flaw(_ detail: String, _ source: some ByteSource) -> SystemError {
        SystemError("read", source.name, detail: detail)
    }
}
