import Glibc

/// Patterns for the names of devices, as mdadm.conf has them (glob(7)).
struct NamePatterns: Sendable, Hashable {
    private let plain: Set<String>
    private let globs: [String]
    /// There are more of them than are looked at.
    let isCut: Bool

    var isEmpty: Bool { plain.isEmpty && globs.isEmpty }

    /// More than anybody writes; each is held against every name of every member.
    private static let mostGlobs = 64

    init(_ words: some Sequence<String>) {
        var plain: Set<String> = []
        var globs: [String] = []
        for word in words {
            if word.contains(where: { #"*?[\"#.contains($0) }) {
                globs.append(word)
            } else {
                plain.insert(word)
            }
        }
        self.plain = plain
        self.globs = Array(globs.prefix(Self.mostGlobs))
        isCut = globs.count > Self.mostGlobs
    }

    /// Of these names, those that one of the patterns matches as mdadm does it (config.c, match_oneof).
    func matches(among names: Set<String>) -> Set<String> {
        let found = plain.intersection(names)
        guard !globs.isEmpty else { return found }
        return found.union(names.filter { name in globs.contains { fnmatch($0, name, FNM_PATHNAME) == 0 } })
    }
}

/// What the DEVICE lines of one configuration let mdadm look at (Incremental.c, conf_test_dev).
struct DeviceWords: Sendable {
    /// Nil where they may hide nothing.
    private let patterns: NamePatterns?

    // Names that only udev gives may be anybody's, and words that are neither a path nor a keyword count for nothing
    // (config.c, devline).
    init(_ words: [String]) {
        let paths = words.filter { $0.hasPrefix("/") }
        let isAny = words.contains { ["partitions", "containers"].contains($0.lowercased()) }
        guard !paths.isEmpty, !isAny, paths.allSatisfy(Self.isKernelName) else {
            patterns = nil
            return
        }
        let all = NamePatterns(paths)
        patterns = all.isCut ? nil : all
    }

    /// How many of an array's members mdadm gets to see; nil where nobody can say that it is not all of them.
    func count(of members: [MemberNames]) -> Int? {
        guard let patterns, !members.isEmpty else { return nil }
        let seen = members.count(matchedBy: patterns)
        return seen < members.count ? seen : nil
    }

    private static func isKernelName(_ pattern: String) -> Bool {
        guard !pattern.dropFirst("/dev/".count).contains("/") else { return false }
        let stem = String(pattern.prefix { !#"*?[\"#.contains($0) })
        return kinds.contains { $0.hasPrefix(stem) || stem.hasPrefix($0) }
    }

    private static let kinds =
        ["sd", "vd", "hd", "xvd", "nvme", "mmcblk", "md", "dm-", "loop", "null"].map { "/dev/" + $0 }
}
