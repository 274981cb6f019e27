import BootFiles
import Distributions
import Surveying

/// One place where (a part of) a kernel command line is written down.
struct CommandLinePlace: Hashable {
    /// How the place is put right.
    enum Kind: Hashable {
        /// Words of a file are changed where they stand: the whole text, and the lines that hold the words.
        case text(String, lines: [Int])
        /// `NAME=VALUE` of initramfs-tools' conf.d: the value is changed, and the images built again.
        case initramfsConf(String, line: Int)
        /// A text that the survey does not have as it is.
        case unknownText
        /// `kernelopts` of a grubenv.
        case environment(String)
        /// A grub.cfg that others are made into.
        case generated
        /// The image of this kernel.
        case image(kernel: String)
        /// The unified image of this kernel.
        case unifiedImage(kernel: String)
    }

    var path: String
    var line: Int?
    var words: KernelCommandLine
    var kind: Kind
    /// It is a whole command line, which has to have a root.
    var isWhole = false
    /// What GRUB starts by itself gets it.
    var starts = false
    /// A word that is missing is added here.
    var takesMore = false
    /// grub.cfg is made from it.
    var feedsGrubConfig = false

    var isImage: Bool { if case .image = kind { true } else { false } }

    /// The image that starts, where it does not say what it should say itself.
    static func lacking(in image: BootDirectory.Image, of kernel: String, _ scene: Scene) -> CommandLinePlace
    {
        CommandLinePlace(
            path: scene.bootPath(image.file) + ":etc/cmdline.d", line: nil, words: KernelCommandLine(),
            kind: .image(kernel: kernel), starts: true)
    }
}

extension CommandLinePlace {
    /// Every place of an installation, sources first.
    static func all(_ scene: Scene) -> [CommandLinePlace] {
        let sources = scene.distribution.commandLineSources.flatMap { source -> [CommandLinePlace] in
            switch source {
            case .defaultGrub: defaults(scene)
            case .kernelCommandLine(let path): kernelCommandLine(path, scene)
            case .grubEnvironment: environment(scene)
            case .entries(let path): entries(path, scene)
            case .grubConfig: menu(scene)
            }
        }
        let further = started(scene).filter { !sources.contains($0) }
        return sources + further + initramfsConf(scene) + images(scene) + unifiedImages(scene)
    }

    // What GRUB starts counts wherever it is written: on RHEL 8 with GRUB_ENABLE_BLSCFG=false in grub.cfg, on RHEL 9 in
    // grubenv where entries of RHEL 8 are still there.
    private static func started(_ scene: Scene) -> [CommandLinePlace] {
        let places =
            environment(scene) + entries("/boot/" + BLSEntry.directory, scene) + menu(scene)
        return places.filter(\.starts)
    }

    // /etc/default/grub and what Debian sources after it, in that order; a value may go on from one to the other.
    private static func defaults(_ scene: Scene) -> [CommandLinePlace] {
        var files = [scene.installation.defaultGrub].compactMap { $0 }
        for (path, text) in scene.installation.texts.sorted(by: { $0.key < $1.key })
        where path.hasPrefix(DefaultGrub.directory + "/") {
            files.append(.init(path: path, text: text))
        }
        let feeds = scene.distribution.commandLineSources.contains {
            if case .grubConfig = $0 { true } else { false }
        }
        var read = ShellAssignments()
        var found: [(file: Installation.TextFile, assignment: ShellAssignments.Assignment)] = []
        for file in files {
            let known = read.assignments.count
            read = ShellAssignments(parsing: file.text, after: read)
            found += read.assignments[known...].filter { $0.name.hasPrefix("GRUB_CMDLINE_LINUX") }.map {
                (file, $0)
            }
        }
        return found.map { file, assignment in
            // What a later assignment says anew counts no more.
            let standing = KernelCommandLine(parsing: read[assignment.name] ?? "").parameters
            let words = KernelCommandLine(parsing: assignment.value).parameters.filter(standing.contains)
            return CommandLinePlace(
                path: file.path, line: assignment.line, words: KernelCommandLine(words),
                kind: kind(file.text, lines: [assignment.line]),
                takesMore: file.path == DefaultGrub.path && assignment.name == "GRUB_CMDLINE_LINUX",
                feedsGrubConfig: feeds)
        }
    }

    private static func kernelCommandLine(_ path: String, _ scene: Scene) -> [CommandLinePlace] {
        let parts = scene.installation.texts.filter { $0.key == path || $0.key.hasPrefix(path + ".d/") }
        return parts.sorted { $0.key < $1.key }.map { path, text in
            CommandLinePlace(
                path: path, line: 1, words: KernelCommandLine(parsing: text),
                kind: kind(text, lines: Array(1...max(1, text.split(separator: "\n").count))),
                isWhole: !path.hasSuffix(".conf"),
                takesMore: !path.hasSuffix(".conf"))
        }
    }

    private static func environment(_ scene: Scene) -> [CommandLinePlace] {
        guard let boot = scene.boot, let grub = scene.grub else { return [] }
        let path = scene.grubenvPath
        let value = grub.environment?.variables["kernelopts"]
        // The entry that starts takes it in, unless grubby gave that entry options of its own.
        let isUsed = scene.started.entry?.takesKernelopts ?? false
        var places: [CommandLinePlace] = []
        if let value {
            places.append(
                CommandLinePlace(
                    path: path, line: nil, words: KernelCommandLine(parsing: value),
                    kind: .environment(value), isWhole: true, starts: isUsed, takesMore: true))
        }
        guard boot.entries.contains(where: \.takesKernelopts) else { return places }
        if let fallback = grub.config?.kernelopts {
            // `if [ -z "${kernelopts}" ]; then set kernelopts=…` (10_linux of RHEL 8).
            let starts = isUsed && value == nil
            places.append(
                CommandLinePlace(
                    path: scene.grubConfigPath, line: fallback.line,
                    words: KernelCommandLine(parsing: fallback.value), kind: .generated, isWhole: true,
                    starts: starts, takesMore: starts))
        } else if value == nil, hasLostKernelopts(boot, scene) {
            places.append(
                CommandLinePlace(
                    path: path, line: nil, words: KernelCommandLine(),
                    kind: .environment(newKernelopts(scene)), isWhole: true, starts: isUsed, takesMore: true))
        }
        return places
    }

    private static func hasLostKernelopts(_ boot: BootDirectory, _ scene: Scene) -> Bool {
        guard let grub = scene.grub, let config = grub.config, config.damage == nil else { return false }
        let isWhole = scene.menuOnESP?.isReadable ?? boot.failures.isEmpty
        return grub.environment != nil || isWhole
    }

    // What grub2-mkconfig puts behind root= (10_linux of RHEL 8), where that leads somewhere.
    private static func newKernelopts(_ scene: Scene) -> String {
        let defaults = ShellAssignments(parsing: scene.installation.defaultGrub?.text ?? "")
        let names = ["GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT"]
        let text = names.compactMap { defaults[$0] }.joined(separator: " ")
        let words = KernelCommandLine(parsing: text)
        let judge = CommandLineJudge(scene, InitramfsStep.firstImage(scene)?.facts?.generator)
        guard !words.parameters.isEmpty, !text.contains(SecretWords.mark),
            !text.contains(where: { "\"`$".contains($0) }), judge.problems(words).isEmpty
        else { return "ro" }
        return "ro " + text
    }

    private static func entries(_ path: String, _ scene: Scene) -> [CommandLinePlace] {
        guard let boot = scene.boot else { return [] }
        return boot.entries.compactMap { entry in
            guard let options = entry.options else { return nil }
            // `$kernelopts` is grubenv's, and judged there; what stands beside it is the entry's own.
            let isWhole = !entry.takesKernelopts
            var environment = scene.grub?.environment
            environment?.variables["kernelopts"] = nil
            let lines = (entry.text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
                .filter { $0.element.split(whereSeparator: \.isWhitespace).first == "options" }.map {
                    $0.offset + 1
                }
            return CommandLinePlace(
                path: "\(path)/\(entry.file)", line: options.line,
                words: entry.commandLine(environment: environment),
                kind: entry.text.map { kind($0, lines: lines) } ?? .unknownText, isWhole: isWhole,
                starts: entry == scene.started.entry, takesMore: isWhole)
        }
    }

    private static func menu(_ scene: Scene) -> [CommandLinePlace] {
        guard let config = scene.grub?.config else { return [] }
        return config.entries.enumerated().compactMap { index, entry in
            guard let kernel = entry.kernel, !scene.startsAnotherSystem(entry) else { return nil }
            return CommandLinePlace(
                path: scene.grubConfigPath, line: kernel.line,
                words: KernelCommandLine(parsing: entry.arguments),
                kind: .generated,
                isWhole: startsOwnKernel(kernel.value, scene) && !mayHoldMore(entry.arguments),
                starts: index == scene.started.index, takesMore: true)
        }
    }

    // memtest86+ needs no root, and the kernel of a rescue image may be any other's. Where /boot has links into the root
    // (Tumbleweed), the name has to do.
    private static func startsOwnKernel(_ name: String, _ scene: Scene) -> Bool {
        var file = name.split(separator: "/").last.map(String.init) ?? ""
        switch scene.bootFile(named: name) {
        case .file(let found): file = found
        case .elsewhere: if scene.grubPath(file) != name { return false }
        case .missing: return false
        }
        var version = scene.boot?.kernels.first { $0.file == file }?.version
        if version == nil, case .kernel(let named)? = BootFileName(file) { version = named }
        return version.map(scene.installation.kernels.contains) ?? false
    }

    // Of the variables that generators put in none holds a root (Ubuntu, SUSE, tuned); another's value is not known.
    private static func mayHoldMore(_ arguments: String) -> Bool {
        arguments.split(separator: "$", omittingEmptySubsequences: false).dropFirst().contains { part in
            let name = part.drop { $0 == "{" }.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
            return !["vt_handoff", "extra_cmdline", "tuned_params"].contains(name)
        }
    }

    // RESUME= and ROOT= go into every image; what the menu says comes before them (initramfs.conf(5)).
    private static func initramfsConf(_ scene: Scene) -> [CommandLinePlace] {
        let directory = "/etc/initramfs-tools/conf.d/"
        return scene.installation.texts.sorted { $0.key < $1.key }.filter { $0.key.hasPrefix(directory) }
            .flatMap { path, text in
                ShellAssignments(parsing: text).assignments.filter { ["RESUME", "ROOT"].contains($0.name) }
                    .map { assignment in
                        CommandLinePlace(
                            path: path, line: assignment.line,
                            words: KernelCommandLine([
                                .init(name: assignment.name.lowercased(), value: assignment.value)
                            ]),
                            kind: text.contains(SecretWords.mark)
                                ? .unknownText : .initramfsConf(text, line: assignment.line))
                    }
            }
    }

    private static func images(_ scene: Scene) -> [CommandLinePlace] {
        guard let boot = scene.boot else { return [] }
        let kernels = InitramfsStep.bootable(boot, scene)
        let first = InitramfsStep.startsFirst(boot, kernels, scene)
        return kernels.flatMap { kernel -> [CommandLinePlace] in
            guard let image = boot.images.first(where: { $0.version == kernel }), let facts = image.facts
            else {
                return []
            }
            return facts.ownCommandLines.map { path, text in
                CommandLinePlace(
                    path: scene.bootPath(image.file) + ":" + path, line: 1,
                    words: KernelCommandLine(parsing: text), kind: .image(kernel: kernel),
                    starts: kernel == first)
            }
        }
    }

    // An ESP may serve several systems: this one's images are those of the kernels it has modules of.
    private static func unifiedImages(_ scene: Scene) -> [CommandLinePlace] {
        scene.survey.esps.flatMap { esp in
            esp.vendors.flatMap(\.loaders).compactMap { loader -> CommandLinePlace? in
                guard let kernel = loader.unified?.kernel, scene.installation.kernels.contains(kernel),
                    let line = loader.unified?.commandLine
                else { return nil }
                let partition = scene.name(of: esp.volume)
                return CommandLinePlace(
                    path: "\(partition):/\(loader.path):.cmdline", line: 1,
                    words: KernelCommandLine(parsing: line), kind: .unifiedImage(kernel: kernel))
            }
        }
    }

    private static func kind(_ text: String, lines: [Int]) -> Kind {
        text.contains(SecretWords.mark) ? .unknownText : .text(text, lines: lines)
    }
}

extension BLSEntry {
    /// Its options take in what grubenv keeps for all entries.
    fileprivate var takesKernelopts: Bool { options?.value.contains("kernelopts") ?? false }
}

extension InitramfsFacts {
    /// What a dracut image adds to the kernel's command line, by path (dracut.cmdline(7)).
    var ownCommandLines: [(path: String, text: String)] {
        texts.filter { path, _ in
            path == "etc/cmdline" || path.hasPrefix("etc/cmdline.d/") || path.hasPrefix("usr/lib/cmdline.d/")
        }.sorted { $0.key < $1.key }.map { (path: $0.key, text: $0.value) }
    }

    /// What it tells itself before the menu does: those, and ROOT= of initramfs-tools (initramfs.conf(5)).
    var ownWords: KernelCommandLine {
        let words = KernelCommandLine(parsing: ownCommandLines.map(\.text).joined(separator: " "))
        let parts = texts.filter { $0.key.hasPrefix("conf/conf.d/") }.sorted { $0.key < $1.key }
        let settings = [texts["conf/initramfs.conf"] ?? ""] + parts.map(\.value)
        let root = settings.compactMap { ShellAssignments(parsing: $0)["ROOT"] }.last ?? ""
        return KernelCommandLine(
            words.parameters + (root.isEmpty ? [] : [.init(name: "root", value: root)]))
    }
}
