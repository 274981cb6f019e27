/// What has been seen of an initramfs so far, gathered entry by entry while its archives go by.
struct InitramfsContents {
    enum Wanted { case nothing, body, trailer }

    private(set) var entries = 0
    private(set) var facts = InitramfsFacts(units: [], hasInit: false)
    private var paths = ArchivePaths()
    private var place = ArchivePlace("")
    private var roles: [Role] = []
    private var hardLinks = HardLinks()
    private var programFiles: Set<String> = []
    private var generators = GeneratorSigns()
    private var sawDependencies = false
    private var sawBuiltIn = false
    private var leftOut: [String] = []

    /// Generous against every real image, small against the memory of a rescue system.
    private static var mostNames: Int { 65536 }
    // A live system carried whole in its initramfs has some hundred thousand files.
    private static var mostEntries: Int { 1 << 20 }

    /// Bytes of names and texts that may still be kept.
    private var room = 24 << 20

    /// Takes room for something to keep; false, and the answer then says so, where there is none left.
    private mutating func fits(_ count: Int) -> Bool {
        let isFirst = room > 0
        room -= min(room, count + 64)
        if isFirst, room == 0 { leftOut.append("more names and texts than an initramfs has") }
        return room > 0
    }

    /// Nothing more is worth reading.
    var isOverfull: Bool { entries > Self.mostEntries }

    /// Looks at an entry; answers whether its body is wanted, which then comes to `body`.
    mutating func begin(_ header: CpioHeader, name padded: UnsafeRawBufferPointer) -> Wanted {
        let name = UnsafeRawBufferPointer(rebasing: padded[..<(padded.firstIndex(of: 0) ?? padded.count)])
        if name.elementsEqual("TRAILER!!!".utf8) {
            hardLinks = HardLinks()
            return .trailer
        }
        entries += 1
        let slash = name.lastIndex(of: UInt8(ascii: "/"))
        let above = UnsafeRawBufferPointer(rebasing: name[..<(slash ?? 0)])
        let base = String(decoding: name[(slash.map { $0 + 1 } ?? 0)...], as: UTF8.self)
        let directory = paths.directory(above)
        if directory != place.directory { place = ArchivePlace(directory) }
        if let version = place.kernelVersion { note(kernelVersion: version) }

        roles = []
        switch header.kind {
        case .file: file(base, header)
        case .directory: if directory == "usr/lib/modules" { note(kernelVersion: base) }
        case .link:
            if header.bodySize <= 4096 { roles = [.link(above: Array(above), name: base)] }
            if directory.isEmpty, base == "init" { facts.hasInit = true }
        case .other: break
        }
        roles = hardLinks.roles(of: header, here: roles, leftOut: &leftOut)
        guard !roles.isEmpty else { return .nothing }
        guard header.bodySize <= roles.map(\.limit).max() ?? 0 else {
            for title in roles.compactMap(\.title) {
                noteNotLookedInto("'\(title)', which is \(header.bodySize) bytes")
            }
            roles = []
            return .nothing
        }
        return .body
    }

    private mutating func file(_ base: String, _ header: CpioHeader) {
        // The other names of a hard link carry no body; the kernel gives them all the same one.
        let hasBody = header.bodySize > 0 || header.links > 1
        let isExecutable = header.mode & 0o111 != 0 && hasBody
        let path = ArchivePaths.joined(place.directory, base)
        generators.see(place.directory, base)
        if InitramfsTexts.has(directory: place.directory), InitramfsTexts.keeps(place.directory, base) {
            roles.append(.text(path))
        }
        switch place.kind {
        case .root:
            if base == "init", isExecutable { facts.hasInit = true }
            if ["squash-root.img", "squashfs-root.img", "erofs-root.img"].contains(base) {
                leftOut.append("nested filesystem image '\(base)'")
            }
        case .modules:
            if hasBody, facts.modules.count < Self.mostNames, let module = ModuleName.inFile(base),
                fits(module.utf8.count)
            {
                facts.modules.insert(module)
            }
        case .moduleIndexes:
            if let role = Role(moduleIndex: base) { roles.append(role) }
            if hasBody, let module = ModuleName.inFile(base), fits(module.utf8.count) {
                facts.modules.insert(module)
            }
        case .programs:
            if isExecutable, programFiles.count < Self.mostNames, fits(path.utf8.count) {
                programFiles.insert(path)
            }
            if isExecutable, InitramfsPrograms.names.contains(base) { facts.programs.insert(base) }
        case .udevRules:
            if hasBody, base.hasSuffix(".rules"), facts.udevRules.count < Self.mostNames,
                fits(base.utf8.count)
            {
                facts.udevRules.insert(base)
            }
        case .units: if hasBody, InitramfsUnits.names.contains(base) { facts.units?.insert(base) }
        case .scripts(let shown):
            if facts.scripts.count < Self.mostNames, fits(shown.utf8.count + base.utf8.count) {
                facts.scripts.insert(shown + "/" + base)
            }
        case .elsewhere:
            if place.directory == "squash", base == "root.img" {
                leftOut.append("nested filesystem image 'squash/root.img'")
            }
        }
    }

    /// The body of the entry that `begin` wanted.
    mutating func body(_ bytes: UnsafeRawBufferPointer) {
        for role in roles {
            switch role {
            case .link(let above, let name):
                guard fits(above.count + name.utf8.count + bytes.count) else { continue }
                above.withUnsafeBytes { paths.link($0, name, to: String(decoding: bytes, as: UTF8.self)) }
            case .text(let path): keep(bytes, as: path)
            case .dependencies where fits(bytes.count):
                sawDependencies = true
                facts.moduleDependencies.merge(ModulesDep.parse(bytes)) { $1 }
            case .dependencyIndex where fits(bytes.count):
                guard !sawDependencies, let index = KmodIndex(bytes) else { continue }
                facts.moduleDependencies.merge(ModulesDep.parse(lines: index.values)) { $1 }
            case .builtIn where fits(bytes.count):
                sawBuiltIn = true
                facts.builtIn.formUnion(ModulesDep.names(bytes))
            case .builtInIndex where fits(bytes.count):
                guard !sawBuiltIn, let index = KmodIndex(bytes) else { continue }
                facts.builtIn.formUnion(index.keys.map { ModuleName.normalised($0) })
            case .dependencies, .dependencyIndex, .builtIn, .builtInIndex: continue
            }
        }
        roles = []
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer, as path: String) {
        guard facts.texts.count < InitramfsTexts.most, let text = InitramfsTexts.text(bytes),
            fits(path.utf8.count + text.utf8.count)
        else {
            return noteNotLookedInto("'\(path)', which is \(bytes.count) bytes")
        }
        facts.texts[path] = text
    }

    private mutating func note(kernelVersion: String) {
        guard !facts.kernelVersions.contains(kernelVersion), facts.kernelVersions.count < 64 else { return }
        facts.kernelVersions.append(kernelVersion)
    }

    /// The facts, with what only the whole tells: where links lead, who made the image.
    consuming func finished() -> InitramfsFacts {
        for link in paths.linkPaths {
            let name = String(link.split(separator: "/").last ?? "")
            let directory = paths.canonical(String(link.dropLast(name.count + 1)))
            let wantsText = InitramfsTexts.keeps(directory, name)
            let wantsProgram =
                InitramfsPrograms.directories.contains(directory) && InitramfsPrograms.names.contains(name)
            let isRule = directory.hasSuffix("udev/rules.d") && name.hasSuffix(".rules")
            if isRule { facts.udevRules.insert(name) }
            // Red Hat's weak-updates are links to modules of another kernel.
            if directory.hasPrefix("usr/lib/modules/"), let module = ModuleName.inFile(name) {
                facts.modules.insert(module)
            }
            guard wantsText || wantsProgram, let target = paths.target(of: link) else { continue }
            if wantsText, let text = facts.texts[target], facts.texts.count < InitramfsTexts.most {
                facts.texts[ArchivePaths.joined(directory, name)] = text
            }
            if wantsProgram, leadsToProgram(target) { facts.programs.insert(name) }
        }
        facts.kernelVersions.sort()
        facts.generator = entries == 0 ? nil : generators.generator
        facts.requestedModules = Self.firstWords(facts.texts["conf/modules"]).map(ModuleName.normalised)
        facts.dracutModules = Self.firstWords(facts.texts["usr/lib/dracut/modules.txt"])
        if !leftOut.isEmpty { facts.notLookedInto = leftOut.joined(separator: "; ") }
        return facts
    }

    // Only the program directories are remembered whole; a link that leads elsewhere gets the benefit of the doubt.
    private func leadsToProgram(_ target: String) -> Bool {
        let above = target.split(separator: "/").dropLast().joined(separator: "/")
        return !InitramfsPrograms.directories.contains(above) || programFiles.contains(target)
    }

    private static func firstWords(_ text: String?) -> [String] {
        (text ?? "").split(separator: "\n").compactMap { line in
            line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first.map(String.init)
        }.filter { !$0.hasPrefix("#") }
    }

    mutating func noteNotLookedInto(_ what: String) {
        // The first few tell enough.
        if leftOut.count < 16 { leftOut.append(what) }
    }
}
