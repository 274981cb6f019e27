extension BLSEntry {
    /// The entries as GRUB lists them, the newest first.
    ///
    /// The file name alone counts, neither the entry's `version` nor its `title` (rhboot grub2, blscfg.c, bls_cmp). It
    /// is taken for the name of a package, NAME-VERSION-RELEASE: so `…-0-rescue` comes behind all kernels, and
    /// `…~debug` right behind its own.
    package static func inMenuOrder(_ entries: [BLSEntry]) -> [BLSEntry] {
        entries.map { (entry: $0, parts: nameParts(of: $0.file)) }
            .sorted { $1.parts.lexicographicallyPrecedes($0.parts) }
            .map(\.entry)
    }

    // Split at its last two hyphens; what is absent counts as empty (split_package_string).
    private static func nameParts(of file: String) -> [PackageVersion] {
        let name = file.hasSuffix(".conf") ? file.dropLast(".conf".count) : file[...]
        let words = name.split(separator: "-", omittingEmptySubsequences: false)
        let named = max(words.count - 2, 1)
        let parts = [words.prefix(named).joined(separator: "-")] + words.dropFirst(named).map(String.init)
        return (0..<3).map { PackageVersion($0 < parts.count ? parts[$0] : "") }
    }
}

/// A version in the order that blscfg took from RPM (rhboot grub2, blscfg.c, vercmp).
///
/// `sort -V` has another: it puts 553.el8 behind 553.5.1.el8.
struct PackageVersion: Comparable {
    private let parts: [Part]

    // In the order of their rank. A tilde is older than the end, and a plus older than all else but the end; numbers are
    // newer than words, and one with more digits newer than one with fewer.
    private enum Part: Comparable {
        case tilde, end, plus
        case word(String)
        case number(digits: Int, String)
    }

    init(_ text: String) {
        var parts: [Part] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.first {
            let isOfRun = Self.isDigit(first) ? Self.isDigit : Self.isLetter
            let run = rest.prefix(while: isOfRun)
            rest = rest.dropFirst(max(run.count, 1))
            switch first {
            case UInt8(ascii: "~"): parts.append(.tilde)
            case UInt8(ascii: "+"): parts.append(.plus)
            case _ where Self.isDigit(first):
                let digits = run.drop { $0 == UInt8(ascii: "0") }
                parts.append(.number(digits: digits.count, String(decoding: digits, as: UTF8.self)))
            case _ where Self.isLetter(first): parts.append(.word(String(decoding: run, as: UTF8.self)))
            // All else only sets parts apart.
            default: continue
            }
        }
        self.parts = parts + [.end]
    }

    static func < (one: Self, other: Self) -> Bool { one.parts.lexicographicallyPrecedes(other.parts) }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
