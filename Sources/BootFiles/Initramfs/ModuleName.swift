/// How kernel modules are named: `dm-raid.ko.xz` is the module `dm_raid`.
package enum ModuleName {
    /// The name as the kernel says it; kmod, too, takes dashes and underscores for the same (libkmod-util.c).
    package static func normalised(_ name: String) -> String {
        normalised(name.utf8)
    }

    static func normalised(_ name: some Sequence<UInt8>) -> String {
        String(decoding: name.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }

    /// The module in the file at `path`, or nil where the name is not one of a module.
    package static func inFile(_ path: String) -> String? { inFile(path.utf8) }

    static func inFile(_ path: some BidirectionalCollection<UInt8>) -> String? {
        // The suffixes that kmod knows (libkmod-util.c, path_ends_with_kmod_ext).
        let suffixes = [".ko".utf8, ".ko.xz".utf8, ".ko.zst".utf8, ".ko.gz".utf8]
        var base = path[...]
        if let slash = path.lastIndex(of: UInt8(ascii: "/")) { base = path[path.index(after: slash)...] }
        for suffix in suffixes
        where base.count > suffix.count && base.suffix(suffix.count).elementsEqual(suffix) {
            return normalised(base.dropLast(suffix.count))
        }
        return nil
    }
}
