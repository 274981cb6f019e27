import BootFiles
import Changes
import Machine
import Surveying

/// How menu entries that are files of their own are put right: generating grub.cfg anew does not write them.
struct EntryRedo {
    let scene: Scene

    private static let step = StepID.grubConfig

    /// `entry` leads to the kernel and the image of the version that it is for; nil where that is not installed.
    func correction(of entry: BLSEntry) -> Remedy? {
        guard let text = entry.text, let kernel = kernel(of: entry),
            let corrected = corrected(text, kernel), corrected != text
        else { return nil }
        return Remedy(
            step: Self.step, title: "Correct the menu entry of \(kernel.version)",
            changes: [
                .writeFile(path: path(of: entry.file), text: corrected, was: text, mode: 0o644)
            ])
    }

    /// An entry for a kernel that has none; nil where nothing says with which options it would start.
    func entry(for version: String, _ file: String) -> Remedy? {
        guard let options else { return nil }
        let name = "\(prefix)-\(version).conf"
        // As kernel-install writes it on RHEL (20-grub.install).
        let release = scene.installation.release
        let lines = [
            "title \(release.prettyName ?? release.id) (\(version))",
            "version " + version,
            "linux " + scene.grubPath(file),
            "initrd " + image(of: version),
            "options " + options,
            "grub_users $grub_users", "grub_arg --unrestricted", "grub_class " + release.id,
        ]
        return Remedy(
            step: Self.step, title: "Write the menu entry of \(version)",
            changes: [
                .writeFile(
                    path: path(of: name), text: lines.joined(separator: "\n") + "\n", was: nil, mode: 0o644)
            ])
    }

    /// GRUB starts an entry whose kernel is there, in place of `entry`, which it starts now; nil where there is none, and
    /// where the default is not what grubenv says.
    func start(insteadOf entry: BLSEntry) -> Remedy? {
        guard let grub = scene.boot?.grub, entry == scene.started.entry,
            let choice = grub.config?.defaultEntry, ["${saved_entry}", "$saved_entry"].contains(choice),
            let other = BLSEntry.inMenuOrder(entries).first(where: { other in
                kernel(of: other).map { other.kernel?.value == scene.grubPath($0.file) } ?? false
            })
        else { return nil }
        let path = scene.bootPath(grub.directory + "/grubenv")
        let name = other.file.dropLast(".conf".count)
        return Remedy(
            step: Self.step, title: "Have GRUB start \(name)",
            changes: [
                .run(
                    command: Command(scene.distribution.editenv, path, "set", "saved_entry=\(name)"),
                    touching: [path])
            ])
    }

    private func path(of file: String) -> String { scene.bootPath("\(BLSEntry.directory)/\(file)") }

    private func image(of version: String) -> String {
        scene.grubPath(String(scene.distribution.initramfsPath(kernel: version).dropFirst("/boot/".count)))
    }

    // The file is called MACHINE-ID-VERSION.conf (kernel-install(8)).
    private func kernel(of entry: BLSEntry) -> (version: String, file: String)? {
        for version in scene.kernels
        where entry.version == version || entry.file.hasSuffix("-\(version).conf") {
            guard let kernel = scene.boot?.kernels.first(where: { $0.version == version }) else { continue }
            return (version, kernel.file)
        }
        return nil
    }

    private func corrected(_ text: String, _ kernel: (version: String, file: String)) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        func index(of key: String) -> Int? {
            lines.firstIndex { $0.split(whereSeparator: \.isWhitespace).first.map { $0 == key } ?? false }
        }
        guard let linux = index(of: "linux") else { return nil }
        lines[linux] = "linux " + scene.grubPath(kernel.file)
        // What stands behind the image, $tuned_initrd for one, stays.
        guard let initrd = index(of: "initrd") else {
            lines.insert("initrd " + image(of: kernel.version), at: linux + 1)
            return lines.joined(separator: "\n")
        }
        let others = lines[initrd].split(whereSeparator: \.isWhitespace).dropFirst(2)
        lines[initrd] = (["initrd", image(of: kernel.version)] + others.map(String.init)).joined(
            separator: " ")
        return lines.joined(separator: "\n")
    }

    private var entries: [BLSEntry] { scene.boot?.entries ?? [] }

    // As the other entries are called, else by the machine-id.
    private var prefix: String {
        let version = entries.lazy.compactMap { entry in kernel(of: entry).map { (entry, $0.version) } }.first
        if let (entry, version) = version, entry.file.hasSuffix("-\(version).conf") {
            return String(entry.file.dropLast(version.count + ".conf".count + 1))
        }
        return scene.installation.machineID ?? "bootmend"
    }

    // What another entry starts with, else what new ones are to get; only words that lead somewhere.
    private var options: String? {
        let others = [scene.started.entry].compactMap(\.self) + entries
        let written = scene.distribution.commandLineSources.compactMap { source in
            if case .kernelCommandLine(let path) = source { scene.installation.texts[path] } else { nil }
        }
        let environment = scene.boot?.grub?.environment
        var texts = others.compactMap { entry in
            entry.options.map { (text: $0.value, words: entry.commandLine(environment: environment)) }
        }
        texts += written.map {
            (text: $0.split(separator: "\n").joined(separator: " "), words: KernelCommandLine(parsing: $0))
        }
        let judge = CommandLineJudge(scene, nil)
        return texts.first { text, words in
            !text.contains(SecretWords.mark) && words.value(of: "root") != nil
                && judge.problems(words).isEmpty
        }?.text
    }
}
