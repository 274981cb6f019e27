import BootFiles
import Changes
import Machine
import Storage
import Surveying

/// How menu entries that are files of their own are put right: generating grub.cfg anew does not write them.
struct EntryRedo {
    let scene: Scene

    private static let step = StepID.grubConfig

    /// `entry` leads to the kernel and the image of the version that it is for; nil where that is not installed.
    func correction(of entry: BLSEntry) -> Remedy? {
        guard let text = entry.text, !text.contains(SecretWords.mark), let kernel = kernel(of: entry)
        else { return nil }
        let corrected = corrected(text, kernel)
        guard corrected != text else { return nil }
        return Remedy(
            step: Self.step, title: "Correct the menu entry of \(kernel.version)",
            changes: [.writeFile(path: path(of: entry.file), text: corrected, was: text, mode: 0o644)])
    }

    /// The correction of some entry leads to this kernel.
    func leads(to version: String) -> Bool {
        entries.contains { kernel(of: $0)?.version == version && correction(of: $0) != nil }
    }

    /// An entry for a kernel that has none; nil where nothing says with which options it would start.
    func entry(for version: String, _ file: String) -> Remedy? {
        guard let model else { return nil }
        // kernel-install(8): MACHINE-ID-VERSION.conf.
        let name = "\(scene.installation.machineID ?? prefix ?? "bootmend")-\(version).conf"
        let old = scene.boot?.entries.first { $0.file == name }
        guard old == nil || old?.text != nil else { return nil }
        let release = scene.installation.release
        // As kernel-install writes it on RHEL (20-grub.install).
        let lines = [
            "title \(release.prettyName ?? release.id) (\(version))",
            "version " + version,
            "linux " + scene.grubPath(file),
            "initrd " + ([scene.grubImagePath(kernel: version)] + model.images).joined(separator: " "),
            "options " + model.options,
            "grub_users $grub_users", "grub_arg --unrestricted", "grub_class " + release.id,
        ]
        return Remedy(
            step: Self.step, title: "Write the menu entry of \(version)",
            changes: [
                .writeFile(
                    path: path(of: name), text: lines.joined(separator: "\n") + "\n", was: old?.text,
                    mode: 0o644)
            ])
    }

    /// GRUB starts an entry whose kernel is there, in place of `entry`, which it starts now; nil where there is none, and
    /// where the default is not what grubenv says.
    func start(insteadOf entry: BLSEntry) -> Remedy? {
        guard let grub = scene.grub, entry == scene.started.entry,
            grub.config?.defaultEntry.map(StartedEntry.isSaved) ?? false,
            grub.environment?.variables["next_entry"]?.isEmpty ?? true,
            let other = BLSEntry.inMenuOrder(entries).first(where: { other in
                kernel(of: other).map { other.kernel?.value == scene.grubPath($0.file) } ?? false
            })
        else { return nil }
        let path = scene.grubenvPath
        let name = other.file.dropLast(".conf".count)
        return Remedy(
            step: Self.step, title: "Have GRUB start \(name)",
            changes: [
                .run(
                    command: Command(scene.distribution.editenv, path, "set", "saved_entry=\(name)"),
                    touching: [path])
            ] + LoaderRedo.copiesOfMenu(scene))
    }

    private func path(of file: String) -> String { scene.bootPath("\(BLSEntry.directory)/\(file)") }

    private func kernel(of entry: BLSEntry) -> (version: String, file: String)? {
        for version in scene.kernels
        where entry.version == version || entry.file.hasSuffix("-\(version).conf") {
            guard let kernel = scene.boot?.kernels.first(where: { $0.version == version }) else { continue }
            return (version, kernel.file)
        }
        return nil
    }

    // What names nothing is replaced, on its own line; what stands beside it, microcode or $tuned_initrd, stays.
    private func corrected(_ text: String, _ kernel: (version: String, file: String)) -> String {
        let image = scene.grubImagePath(kernel: kernel.version)
        var hasImage = false
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
            line -> String? in
            var words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            switch words.first {
            case "linux" where words.count > 1 && isMissing(words[1]):
                return "linux " + scene.grubPath(kernel.file)
            case "initrd":
                guard words.dropFirst().contains(where: isMissing) else {
                    hasImage = hasImage || words.dropFirst().contains { $0.hasPrefix("/") }
                    return String(line)
                }
                words = words.map { isMissing($0) && !hasImage ? image : $0 }.filter { !isMissing($0) }
                hasImage = true
                return words.count > 1 ? words.joined(separator: " ") : nil
            default: return String(line)
            }
        }
        if !hasImage, let linux = lines.firstIndex(where: { $0?.hasPrefix("linux") ?? false }) {
            lines.insert("initrd " + image, at: linux + 1)
        }
        return lines.compactMap(\.self).joined(separator: "\n")
    }

    private func isMissing(_ name: String) -> Bool { scene.bootFile(named: name) == .missing }

    private var entries: [BLSEntry] {
        scene.boot?.entries.filter { !scene.startsAnotherSystem($0) } ?? []
    }

    private var prefix: String? {
        entries.lazy.compactMap { entry in
            guard let version = kernel(of: entry)?.version, entry.file.hasSuffix("-\(version).conf") else {
                return nil
            }
            return String(entry.file.dropLast(version.count + ".conf".count + 1))
        }.first
    }

    // What another entry starts with, and what it loads beside its image; else what new ones are to get. Only words
    // that lead somewhere.
    private var model: (options: String, images: [String])? {
        let grub = scene.grub
        let fallback = grub?.config?.kernelopts.map { ["kernelopts": $0.value] } ?? [:]
        let others = [scene.started.entry].compactMap(\.self) + entries
        var models = others.compactMap { entry in
            entry.options.map { options in
                (options: options.value, images: entry.initrds.map(\.value).filter { $0.hasPrefix("$") })
            }
        }
        models += scene.distribution.commandLineSources.compactMap { source in
            switch source {
            case .kernelCommandLine(let path):
                scene.installation.texts[path].map {
                    ($0.split(whereSeparator: \.isNewline).joined(separator: " "), [])
                }
            case .grubEnvironment: ("$kernelopts", [])
            case .defaultGrub, .entries, .grubConfig: nil
            }
        }
        let judge = CommandLineJudge(scene, InitramfsStep.firstImage(scene)?.facts?.generator)
        return models.first { model in
            let words = KernelCommandLine(
                expanding: model.options, environment: grub?.environment, fallback: fallback)
            return !model.options.contains(SecretWords.mark) && words.value(of: "root") != nil
                && judge.problems(words).isEmpty && judge.missing(words).isEmpty
        }
    }
}
