import Bytes
import Machine

extension GrubModules {
    // The largest module there is, normal.mod, has 115 KiB; a directory has some 300 of them.
    private static let largestModule = 4 << 20
    private static let mostModules = 256
    // What grub-install links for /boot on a partition, an array or a volume (util/grub-install.c).
    private static let linkedUsually = [
        "biosdisk", "part_msdos", "part_gpt", "fshelp", "ext2", "xfs", "btrfs", "diskfilter", "mdraid09",
        "mdraid1x",
        "lvm", "search_fs_uuid",
    ]
    // All that normal.mod depends on has less than 2000.
    private static let mostSymbols = 1 << 16

    /// Reads the modules of a GRUB directory (`/grub/i386-pc`) of an installation; nil where there is no such one.
    package static func read(_ root: RootDirectory, path: String) throws(SystemError) -> GrubModules? {
        guard let names = try root.list(path) else { return nil }
        return try read(root, path: path, names: names, first: "normal")
    }

    static func read(
        _ root: RootDirectory, path: String, names: [String], first: String
    ) throws(SystemError) -> GrubModules {
        var found = GrubModules(path: path, files: names.compactMap(moduleName))
        let listed = dependencies(parsing: try root.text("\(path)/moddep.lst", limit: 1 << 20) ?? "")
        var pending = [first]
        var seen: Set<String> = [first]
        var symbols = 0
        while let name = pending.popLast() {
            guard symbols < mostSymbols,
                let bytes = try root.read("\(path)/\(name).mod", limit: largestModule),
                let object = ELFModule(parsing: bytes)
            else {
                found.absent.append(name)
                continue
            }
            symbols += object.needs.count + object.defines.count
            found.modules.append(Module(name: name, needs: object.needs, defines: object.defines))
            if name == "normal" { found.version = version(in: bytes) }
            for next in (listed[name] ?? []) + object.dependencies
            where isPlain(next) && seen.count < mostModules && seen.insert(next).inserted {
                pending.append(next)
            }
        }
        for name in linkedUsually where names.contains(name + ".mod") {
            let bytes = try root.read("\(path)/\(name).mod", limit: largestModule)
            found.sums[name] = bytes.map(ModuleArea.sum)
        }
        found.modules.sort { $0.name < $1.name }
        found.absent.sort()
        if let core = try root.read("\(path)/core.img", limit: largestModule) {
            found.core = CoreImage(parsingFile: core)
        }
        return found
    }

    /// moddep.lst: `normal: extcmd verifiers datetime`, one module a line.
    static func dependencies(parsing text: String) -> [String: [String]] {
        var dependencies: [String: [String]] = [:]
        for line in text.utf8.split(separator: 10).map({ String(Substring($0)) }) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let words = line[line.index(after: colon)...].split(separator: " ").map(String.init)
            dependencies[String(line[..<colon])] = words
        }
        return dependencies
    }

    // normal/main.c prints "GNU GRUB  version %s"; the version is the next string of the module.
    private static func version(in module: [UInt8]) -> String? {
        let mark = Array("GNU GRUB  version %s\0".utf8)
        guard let position = module.offset(of: mark) else { return nil }
        let text = module.dropFirst(position + mark.count).prefix(64).textToNUL
        return text.isEmpty ? nil : text
    }

    private static func moduleName(_ file: String) -> String? {
        file.hasSuffix(".mod") ? String(file.dropLast(4)) : nil
    }

    // Names come from the broken disk; one with a slash would leave the directory.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 64 && !name.contains("/") && !name.hasPrefix(".")
    }
}
