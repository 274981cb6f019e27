import Bytes

/// An entry of a FAT directory: a file or a directory.
package struct FATEntry: Sendable, Hashable {
    /// The long name where there is one, else the short one.
    package var name: String
    /// As in DOS: `SHIMX64.EFI`.
    package var shortName: String
    package var isDirectory: Bool
    /// Bytes; 0 for directories.
    package var size: UInt32
    var cluster: UInt32

    /// Bytes of an entry on the disk.
    static let size = 32
    /// Linux's bound too (FAT_MAX_DIR_ENTRIES).
    static let mostInDirectory = 65536

    /// Whether this is the entry of that name: FAT keeps the case of letters and does not go by it.
    func isCalled(_ wanted: some StringProtocol) -> Bool {
        let wanted = wanted.lowercased()
        return name.lowercased() == wanted || shortName.lowercased() == wanted
    }

    private enum Attribute {
        static let volume: UInt8 = 0x08
        static let directory: UInt8 = 0x10
        static let longName: UInt8 = 0x0f
        static let all: UInt8 = 0x3f
    }

    /// The entries in the bytes of a directory, `.` and `..` left out. `isWide`: FAT32, whose clusters have 28 bits.
    static func parse(_ bytes: [UInt8], isWide: Bool) -> [FATEntry] {
        var entries: [FATEntry] = []
        var long = FATLongName()
        for start in stride(from: 0, to: min(bytes.count, mostInDirectory * size) - size + 1, by: size) {
            let raw = bytes[start..<(start + size)]
            guard let first = raw.first, first != 0 else { break }
            let attributes = raw[start + 11]
            if first == 0xe5 {
                long = FATLongName()
            } else if attributes & Attribute.all == Attribute.longName {
                long.add(raw)
            } else {
                let name = long.name(of: raw.prefix(11))
                long = FATLongName()
                guard attributes & Attribute.volume == 0 else { continue }
                let entry = FATEntry(raw, name, isWide: isWide)
                if entry.shortName != "." && entry.shortName != ".." { entries.append(entry) }
            }
        }
        return entries
    }

    private init(_ raw: ArraySlice<UInt8>, _ long: String?, isWide: Bool) {
        let flags: UInt8 = raw.little(at: 12) ?? 0
        let base = Self.padded(raw.prefix(8))
        let suffix = Self.padded(raw.dropFirst(8).prefix(3))
        shortName = suffix.isEmpty ? base : base + "." + suffix
        // Windows NT notes small letters in two bits instead of writing a long name (fs/fat/dir.c, CASE_LOWER_*).
        let shown =
            (flags & 8 != 0 ? base.lowercased() : base)
            + (suffix.isEmpty ? "" : "." + (flags & 16 != 0 ? suffix.lowercased() : suffix))
        name = long ?? shown
        let attributes: UInt8 = raw.little(at: 11) ?? 0
        isDirectory = attributes & Attribute.directory != 0
        size = isDirectory ? 0 : raw.little(at: 28) ?? 0
        let high = isWide ? UInt32(raw.little(UInt16.self, at: 20) ?? 0) : 0
        cluster = high << 16 | UInt32(raw.little(UInt16.self, at: 26) ?? 0)
    }

    // Blanks fill up the end; 0x05 stands for a first byte of 0xe5, which would mean "deleted".
    private static func padded(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = Array(bytes)
        while bytes.last == 0x20 { bytes.removeLast() }
        if bytes.first == 0x05 { bytes[0] = 0xe5 }
        // No code page is known; what is no ASCII is shown as Latin-1 and found by its long name.
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}

/// A long name (VFAT), gathered from the entries in front of the one it belongs to, its end first.
struct FATLongName {
    private var units: [UInt16] = []
    private var checksum: UInt8 = 0
    /// Which part is to come next, counted down; nil where none has begun, or it makes no sense.
    private var next: UInt8?

    // 255 characters, 13 in each entry.
    private static let mostParts: UInt8 = 20

    mutating func add(_ raw: ArraySlice<UInt8>) {
        guard let order: UInt8 = raw.little(at: 0), let sum: UInt8 = raw.little(at: 13) else { return }
        let number = order & 0x3f
        if order & 0x40 != 0 {
            self = FATLongName()
            guard (1...Self.mostParts).contains(number) else { return }
            checksum = sum
        } else if next != number || number == 0 || sum != checksum {
            self = FATLongName()
            return
        }
        let places = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30]
        units = places.compactMap { raw.little(UInt16.self, at: $0) } + units
        next = number - 1
    }

    /// The name, if it is whole and that of the entry with this short name.
    func name(of short: ArraySlice<UInt8>) -> String? {
        guard next == 0, Self.checksum(of: short) == checksum else { return nil }
        return String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
    }

    // fatgen103, "ChkSum": rotated right by one bit before each byte.
    private static func checksum(of short: ArraySlice<UInt8>) -> UInt8 {
        short.reduce(0) { sum, byte in (sum >> 1 | sum << 7) &+ byte }
    }
}
