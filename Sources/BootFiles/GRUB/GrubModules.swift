import Bytes
import Machine

/// The modules in a GRUB directory that are needed before the menu can show, and what they ask of the core image.
package struct GrubModules: Codable, Sendable, Hashable {
    /// One `.mod` file.
    package struct Module: Codable, Sendable, Hashable {
        package var name: String
        /// Symbols it wants from the core or from another module.
        package var needs: [String]
        /// Symbols it offers.
        package var defines: [String]

        package init(name: String, needs: [String] = [], defines: [String] = []) {
            self.name = name
            self.needs = needs
            self.defines = defines
        }
    }

    /// The directory they were read from: `/grub/i386-pc`.
    package var path: String
    /// `normal` and all it depends on.
    package var modules: [Module]
    /// Modules that are named but not there: "file '…/normal.mod' not found".
    package var absent: [String]
    /// Names of all `.mod` files there.
    package var files: [String]
    /// Checksums of the modules that a core image is usually made with.
    package var sums: [String: UInt32] = [:]
    /// As `normal.mod` shows it above the menu: `2.06-13+deb12u2`.
    package var version: String?
    /// The core.img that grub-install left there when it last ran.
    package var core: CoreImage?

    package init(
        path: String, modules: [Module] = [], absent: [String] = [], files: [String] = [],
        version: String? = nil,
        core: CoreImage? = nil
    ) {
        self.path = path
        self.modules = modules
        self.absent = absent
        self.files = files
        self.version = version
        self.core = core
    }

    /// Modules linked into a core that are of another build than the files here, sorted. grub-mkimage takes the files as
    /// they are, so one grub-install leaves none; a core that was left out when the files were renewed has them all.
    func differing(from linked: [String: UInt32]) -> [String] {
        linked.filter { name, sum in sums[name].map { $0 != sum } ?? false }.keys.sorted()
    }

    /// Symbols that loading these modules into `core` would not find, sorted: GRUB stops with "symbol '…' not found".
    ///
    /// A module that is linked into the core is never loaded from the directory, so what the file of its name needs
    /// does not matter and what it defines does not help.
    func missingSymbols(in core: [UInt8], linked: [String]) -> [String] {
        let linked = Set(linked)
        let loaded = modules.filter { !linked.contains($0.name) }
        let offered = Set(loaded.flatMap(\.defines)).union(Self.words(of: core))
        let missing = Set(loaded.flatMap(\.needs)).subtracting(offered)
        return missing.isEmpty ? [] : missing.subtracting(Self.tails(of: core, among: missing)).sorted()
    }

    // The linker stores one name as the tail of another; only what is nowhere in the core is missing.
    private static func tails(of core: [UInt8], among wanted: Set<String>) -> Set<String> {
        let lengths = Set(wanted.map(\.utf8.count)).sorted()
        var found: Set<String> = []
        for piece in core.split(separator: 0) {
            let tail = piece.suffix(longestName).reversed().prefix { (33...126).contains($0) }
            for length in lengths.prefix(while: { $0 <= tail.count }) {
                let name = String(decoding: piece.suffix(length), as: UTF8.self)
                if wanted.contains(name) { found.insert(name) }
            }
        }
        return found
    }

    private static let longestName = 128

    // The core's symbol table is a list of NUL-terminated names among everything else.
    private static func words(of core: [UInt8]) -> Set<String> {
        var words: Set<String> = []
        for piece in core.split(separator: 0) where (2...longestName).contains(piece.count) {
            if piece.allSatisfy(isIdentifier) { words.insert(String(decoding: piece, as: UTF8.self)) }
        }
        return words
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
    }
}
