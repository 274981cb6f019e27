/// What an initramfs holds of the things that decide whether its kernel finds the root filesystem.
package struct InitramfsFacts: Codable, Sendable, Hashable {
    /// The archives the file is made of, in order.
    package var segments: [InitramfsSegment]
    /// Nil for a whole image; the facts then are all that is in it.
    package var damage: Damage?
    /// A part that could not be looked into and may hold what seems missing: "nested squashfs image 'squash-root.img'".
    package var notLookedInto: String?
    /// The program that made the image; nil where nothing of it could be read.
    package var generator: Generator?
    /// Directories in lib/modules.
    package var kernelVersions: [String]
    /// Names as the kernel says them: `dm_raid` for dm-raid.ko.xz.
    package var modules: Set<String>
    /// What each module needs loaded before it, from modules.dep.
    package var moduleDependencies: [String: [String]]
    /// Modules compiled into the kernel, from modules.builtin.
    package var builtIn: Set<String>
    /// Modules that initramfs-tools loads early, from conf/modules.
    package var requestedModules: [String]
    /// Names of the programs that matter (`InitramfsPrograms`).
    package var programs: Set<String>
    /// Names of the rule files in every udev/rules.d.
    package var udevRules: Set<String>
    /// "scripts/local-block/mdadm" of initramfs-tools, "hooks/pre-trigger/30-parse-md.sh" of dracut, "hooks/lvm2" of
    /// mkinitcpio.
    package var scripts: Set<String>
    /// Names of the systemd units that matter (`InitramfsUnits`); nil in surveys that were saved before they were kept.
    package var units: Set<String>?
    /// The text files that matter (`InitramfsTexts`), by path without a leading slash.
    package var texts: [String: String]
    /// dracut's own list of the modules it put in.
    package var dracutModules: [String]
    /// An /init, without which the kernel does not use the image.
    package var hasInit: Bool

    package init(
        segments: [InitramfsSegment] = [], damage: Damage? = nil, notLookedInto: String? = nil,
        generator: Generator? = nil, kernelVersions: [String] = [], modules: Set<String> = [],
        moduleDependencies: [String: [String]] = [:], builtIn: Set<String> = [],
        requestedModules: [String] = [],
        programs: Set<String> = [], udevRules: Set<String> = [], scripts: Set<String> = [],
        units: Set<String>? = nil,
        texts: [String: String] = [:], dracutModules: [String] = [], hasInit: Bool = true
    ) {
        self.segments = segments
        self.damage = damage
        self.notLookedInto = notLookedInto
        self.generator = generator
        self.kernelVersions = kernelVersions
        self.modules = modules
        self.moduleDependencies = moduleDependencies
        self.builtIn = builtIn
        self.requestedModules = requestedModules
        self.programs = programs
        self.udevRules = udevRules
        self.scripts = scripts
        self.units = units
        self.texts = texts
        self.dracutModules = dracutModules
        self.hasInit = hasInit
    }

    /// Every archive was read to its end.
    package var complete: Bool { damage == nil }

    /// The module is in the image or compiled into the kernel.
    package func has(module: String) -> Bool {
        let name = ModuleName.normalised(module)
        return modules.contains(name) || builtIn.contains(name)
    }

    /// The modules that `module` needs, directly or not, and that are neither in the image nor built in; sorted.
    ///
    /// Empty also where the image says nothing of its dependencies: see `knowsDependencies(of:)`.
    package func closure(of module: String) -> [String] {
        var missing: Set<String> = []
        var seen: Set<String> = []
        var pending = [ModuleName.normalised(module)]
        while let name = pending.popLast() {
            for needed in moduleDependencies[name] ?? [] where seen.insert(needed).inserted {
                if !has(module: needed) { missing.insert(needed) }
                pending.append(needed)
            }
        }
        return missing.sorted()
    }

    /// `closure(of:)` is an answer: the module is built in, or the image's modules.dep lists it.
    package func knowsDependencies(of module: String) -> Bool {
        let name = ModuleName.normalised(module)
        return moduleDependencies[name] != nil || builtIn.contains(name)
    }
}

extension InitramfsFacts {
    /// Where an image stops making sense, and why.
    package struct Damage: Codable, Sendable, Hashable {
        package enum Kind: String, Codable, Sendable, Hashable {
            /// No byte, or nothing but NUL bytes: what a crash leaves of a file that was being written.
            case empty
            /// It ends in the middle.
            case truncated
            /// It ends between two entries, without the TRAILER!!! entry that every generator writes last.
            case noTrailer
            case corrupt
            /// A read error of the disk under it.
            case unreadable
            /// Whole, and something else behind it: the kernel complains, and goes on with what it has unpacked.
            case trailing
        }

        package var kind: Kind
        /// "the xz stream ends in the middle", "no cpio header", …
        package var reason: String
        /// Bytes from the start of the image file.
        package var offset: UInt64

        package init(kind: Kind = .corrupt, reason: String, offset: UInt64) {
            self.kind = kind
            self.reason = reason
            self.offset = offset
        }
    }

    /// The program that made an image.
    package enum Generator: Codable, Sendable, Hashable {
        case dracut(version: String?)
        case initramfsTools
        case mkinitcpio
        case booster
        case unknown
    }
}

/// One of the archives that an initramfs file strings together.
package struct InitramfsSegment: Codable, Sendable, Hashable {
    /// Bytes from the start of the file.
    package var offset: UInt64
    /// Bytes it takes in the file.
    package var size: UInt64
    /// "none", "gzip", "bzip2", "lzma", "xz", "lzop", "lz4" (the legacy frame), "lz4 frame" or "zstd".
    package var compression: String
    /// Files, directories and links in it.
    package var entries: Int
    /// Why the kernel would not unpack it although it is whole: "the kernel checks xz with CRC32 only, …".
    package var refused: String?

    package init(
        offset: UInt64, size: UInt64 = 0, compression: String, entries: Int = 0, refused: String? = nil
    ) {
        self.offset = offset
        self.size = size
        self.compression = compression
        self.entries = entries
        self.refused = refused
    }
}
