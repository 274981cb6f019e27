import Machine

/// The modules of one installed kernel, as depmod listed them in lib/modules/VERSION.
package struct KernelModules: Codable, Sendable, Hashable {
    package var version: String
    /// Modules compiled into the kernel.
    package var builtIn: Set<String>
    /// What each module needs loaded before it; its keys are the modules that are there for depmod.
    package var dependencies: [String: [String]]
    /// Modules whose files are there; nil where nobody asked for the walk.
    package var present: Set<String>?

    package init(
        version: String, builtIn: Set<String> = [], dependencies: [String: [String]] = [:],
        present: Set<String>? = nil
    ) {
        self.version = version
        self.builtIn = builtIn
        self.dependencies = dependencies
        self.present = present
    }

    /// The kernel has the module, compiled in or as a file that depmod saw.
    package func has(module: String) -> Bool {
        let name = ModuleName.normalised(module)
        return builtIn.contains(name) || dependencies[name] != nil || present?.contains(name) == true
    }

    /// The kernel versions that have a directory of modules under `root`, sorted as text.
    ///
    /// A directory without modules.dep, left behind by a removed kernel, is none of them.
    package static func versions(root: RootDirectory) throws(SystemError) -> [String] {
        var versions: Set<String> = []
        for above in directories {
            for name in try root.list(above) ?? [] where isVersion(name) {
                let path = above + "/" + name
                if root.exists(path + "/modules.dep") || root.exists(path + "/modules.dep.bin") {
                    versions.insert(name)
                }
            }
        }
        return versions.sorted()
    }

    /// What depmod wrote for `version`; nil where it has no directory of modules.
    ///
    /// With `listingFiles`, the module files themselves are looked for too, which takes a walk over some thousand
    /// directory entries.
    package static func read(
        root: RootDirectory, version: String, listingFiles: Bool = false
    ) throws(SystemError) -> KernelModules? {
        guard isVersion(version) else { return nil }
        for above in directories {
            let directory = above + "/" + version
            guard try root.entry(directory)?.kind == .directory else { continue }
            var modules = KernelModules(version: version)
            modules.dependencies = try dependencies(in: directory, of: root)
            modules.builtIn = try builtIn(in: directory, of: root)
            if listingFiles { modules.present = try files(in: directory, of: root) }
            return modules
        }
        return nil
    }

    // Before /usr was merged, /lib/modules; afterwards the first is a link to the second.
    private static var directories: [String] { ["/lib/modules", "/usr/lib/modules"] }

    private static func isVersion(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/"))
    }

    private static func dependencies(
        in directory: String, of root: RootDirectory
    ) throws(SystemError) -> [String: [String]] {
        if let text = try root.read(directory + "/modules.dep") {
            return text.withUnsafeBytes { ModulesDep.parse($0) }
        }
        guard let bytes = try root.read(directory + "/modules.dep.bin") else { return [:] }
        return bytes.withUnsafeBytes { KmodIndex($0).map { ModulesDep.parse(lines: $0.values) } ?? [:] }
    }

    private static func builtIn(in directory: String, of root: RootDirectory) throws(SystemError) -> Set<
        String
    > {
        if let text = try root.read(directory + "/modules.builtin") {
            return text.withUnsafeBytes { ModulesDep.names($0) }
        }
        guard let bytes = try root.read(directory + "/modules.builtin.bin") else { return [] }
        return bytes.withUnsafeBytes { Set((KmodIndex($0)?.keys ?? []).map { ModuleName.normalised($0) }) }
    }

    private static func files(in directory: String, of root: RootDirectory) throws(SystemError) -> Set<String>
    {
        var found: Set<String> = []
        var pending: [(path: String, depth: Int)] = [(directory, 0)]
        // A kernel's modules lie eight deep at most and in about a thousand directories.
        var budget = 16384
        while let (path, depth) = pending.popLast(), budget > 0 {
            budget -= 1
            for name in try root.list(path) ?? [] {
                let inside = path + "/" + name
                if let module = ModuleName.inFile(name) {
                    // An empty file is what a crash leaves of a kernel package that was being unpacked.
                    if let entry = try root.entry(inside), entry.kind == .file, entry.size > 0 {
                        found.insert(module)
                    }
                } else if depth < 16, try root.link(inside) == nil, try root.entry(inside)?.kind == .directory
                {
                    pending.append((inside, depth + 1))
                }
            }
        }
        return found
    }
}

extension KernelModules {
    private enum Key: String, CodingKey { case version, builtIn, dependencies, present }

    /// Sets are written sorted, so that two surveys of one machine are the same bytes.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(version, forKey: .version)
        try container.encode(builtIn.sorted(), forKey: .builtIn)
        try container.encode(dependencies, forKey: .dependencies)
        try container.encodeIfPresent(present?.sorted(), forKey: .present)
    }
}
