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
}

extension CommandLinePlace {
    /// Every place of an installation, sources first.
    static func all(_ scene: Scene) -> [CommandLinePlace] {
        scene.distribution.commandLineSources.flatMap { source -> [CommandLinePlace] in
            switch source {
            case .defaultGrub(let path): path == DefaultGrub.path ? defaults(scene) : []
            case .kernelCommandLine(let path): kernelCommandLine(path, scene)
            case .grubEnvironment(let path): environment(path, scene)
            case .entries(let path): entries(path, scene)
            case .grubConfig(let path): menu(path, scene)
            }
        } + initramfsConf(scene) + images(scene) + unifiedImages(scene)
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

    private static func environment(_ path: String, _ scene: Scene) -> [CommandLinePlace] {
        guard let value = scene.boot?.grub?.environment?.variables["kernelopts"] else { return [] }
        // The entry that starts takes it in, unless grubby gave that entry options of its own.
        let isUsed = scene.started.entry?.options?.value.contains("kernelopts") ?? false
        return [
            CommandLinePlace(
                path: path, line: nil, words: KernelCommandLine(parsing: value), kind: .environment(value),
                isWhole: true, starts: isUsed, takesMore: true)
        ]
    }

    private static func entries(_ path: String, _ scene: Scene) -> [CommandLinePlace] {
        guard let boot = scene.boot else { return [] }
        return boot.entries.compactMap { entry in
            // `$kernelopts` is grubenv's, and judged there.
            guard let options = entry.options, !options.value.contains("kernelopts") else { return nil }
            let lines = (entry.text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
                .filter { $0.element.split(whereSeparator: \.isWhitespace).first == "options" }.map {
                    $0.offset + 1
                }
            return CommandLinePlace(
                path: "\(path)/\(entry.file)", line: options.line,
                words: entry.commandLine(environment: boot.grub?.environment),
                kind: entry.text.map { kind($0, lines: lines) } ?? .unknownText, isWhole: true,
                starts: entry == scene.started.entry, takesMore: true)
        }
    }

    private static func menu(_ path: String, _ scene: Scene) -> [CommandLinePlace] {
        guard let config = scene.boot?.grub?.config else { return [] }
        return config.entries.enumerated().compactMap { index, entry in
            guard let kernel = entry.kernel, !scene.startsAnotherSystem(entry) else { return nil }
            return CommandLinePlace(
                path: path, line: kernel.line, words: KernelCommandLine(parsing: entry.arguments),
                kind: .generated, starts: index == scene.started.index, takesMore: true)
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
                let partition = scene.storage.volume(esp.volume)?.name ?? esp.volume.rawValue
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

extension InitramfsFacts {
    /// What a dracut image adds to the kernel's command line, by path (dracut.cmdline(7)).
    var ownCommandLines: [(path: String, text: String)] {
        texts.filter { path, _ in
            path == "etc/cmdline" || path.hasPrefix("etc/cmdline.d/") || path.hasPrefix("usr/lib/cmdline.d/")
        }.sorted { $0.key < $1.key }.map { (path: $0.key, text: $0.value) }
    }
}
