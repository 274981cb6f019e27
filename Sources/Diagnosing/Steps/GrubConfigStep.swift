import BootFiles
import Bytes
import Changes
import Machine
import Storage
import Surveying

/// The generated grub.cfg and the menu: the filesystems, kernels and images that they name exist.
enum GrubConfigStep: MigrationStep {
    static let id = StepID.grubConfig

    static func examine(_ scene: Scene) -> Examination {
        guard let boot = scene.boot, let volume = scene.bootVolume else {
            return Examination(.unknown, reason: scene.whyNoBoot)
        }
        let path = scene.grubConfigPath
        // A menu is made of the kernels that are there: boot-copy brings them first.
        guard !scene.kernels(in: boot).isEmpty else {
            return Examination(.unknown, reason: "/boot holds no kernel of this system")
        }
        guard let config = scene.grub?.config else {
            if let reason = whyNoMenu(scene) { return Examination(.unknown, reason: reason) }
            let finding = Finding(
                id: "grub-config.missing", step: id, severity: .blocker,
                summary: "there is no GRUB configuration",
                symptom: "the prompt 'grub>' instead of a menu",
                evidence: [Evidence(path: path, seen: "no such file")],
                remedies: redo(scene))
            return Examination(.skipped, findings: [finding])
        }
        if let damage = config.damage {
            return Examination(.unknown, reason: "\(path): \(damage)")
        }
        var findings: [Finding] = []
        let lost = lostSearches(config, volume, scene)
        if !lost.isEmpty { findings.append(searchFinding(lost, volume, path, config, scene)) }
        findings += missingFiles(boot, scene)
        findings += entriesWithoutImage(scene)
        if let foreign = otherFirmwares(scene) { findings.append(foreign) }
        let lines = CommandLines(scene)
        if let gone = lostRoot(config, path, lines, scene) { findings.append(gone) }
        findings += staleArguments(lines, config)
        if let unlisted = unlistedKernel(config, boot, path, scene) { findings.append(unlisted) }
        let notes = [lostDefault(path, scene)].compactMap { $0 }
        guard !findings.isEmpty else {
            let starts = scene.started.kernel.map { "starts \($0), which is there" } ?? "names what is there"
            return Examination(.done, reason: "\(path) \(starts)", findings: notes)
        }
        for index in findings.indices where findings[index].remedies.isEmpty {
            findings[index].remedies = redo(scene)
        }
        return Examination(.stale, findings: findings + notes)
    }

    // Where it may be one that was not read, or another system's; and where its loaders have to come first.
    private static func whyNoMenu(_ scene: Scene) -> String? {
        guard let menu = scene.menuOnESP else {
            let vendors = scene.isUEFI ? scene.survey.esps.flatMap(\.vendors) : []
            let other = vendors.first { !FirmwareStart.isOwn($0, scene) && $0.grubConfig?.isMenu ?? false }
            return other?.config.map {
                "it has none in /boot, and whether \($0.path) on the ESP is its own is not known"
            }
        }
        if !menu.isReadable {
            return "its menu lies on an ESP, and " + (menu.esp?.failures.first ?? "none was found")
        }
        return menu.vendor == nil
            ? "its menu lies beside its loaders on the ESP, and those are not there" : nil
    }

    static func redo(_ scene: Scene) -> [Remedy] {
        if let menu = scene.menuOnESP, menu.vendor == nil { return [] }
        let path = scene.grubConfigPath
        let output = path + ".bootmend"
        let remedy = Remedy(
            step: id, title: "Generate \(path) anew",
            changes: [
                .build(
                    path: path, output: output,
                    command: scene.distribution.regenerateGrubConfig(output: output),
                    result: .grubConfig)
            ] + LoaderRedo.copiesOfMenu(scene))
        return [remedy]
    }

    private static func lostSearches(
        _ config: GrubConfig, _ volume: Volume, _ scene: Scene
    ) -> [GrubConfig.Reference] {
        (config.searches + config.entries.flatMap(\.searches)).filter {
            scene.storage.volumes(uuid: $0.value).isEmpty
        }
    }

    // `search` that finds nothing leaves $root as `set root=` made it: the entry still starts when that leads to
    // /boot (grub-core/commands/search.c).
    private static func starts(_ entry: GrubConfig.Entry, _ volume: Volume, _ scene: Scene) -> Bool {
        if entry.searches.contains(where: {
            scene.storage.volumes(uuid: $0.value).contains { $0.id == volume.id }
        }) {
            return true
        }
        if let root = entry.roots.last { return leads(root.value, to: volume, scene) }
        return entry.searches.isEmpty
    }

    private static func leads(_ root: String, to volume: Volume, _ scene: Scene) -> Bool {
        if root.hasPrefix("mduuid/"), let array = scene.storage.array(volume.id) {
            return array.uuid.hexDigits == String(root.dropFirst(7)).hexDigits
        }
        if root.hasPrefix("lvmid/") {
            guard let found = scene.storage.logicalVolume(volume.id) else { return false }
            return root == "lvmid/\(found.group.id)/\(found.volume.id)"
        }
        guard volume.kind == .partition else { return false }
        return scene.storage.disks.contains { disk in
            disk.table?.partitions.contains {
                $0.id == volume.id
                    && (root.hasSuffix(",msdos\($0.number)") || root.hasSuffix(",gpt\($0.number)"))
            } ?? false
        }
    }

    private static func searchFinding(
        _ lost: [GrubConfig.Reference], _ volume: Volume, _ path: String, _ config: GrubConfig, _ scene: Scene
    ) -> Finding {
        // What a BLS entry starts from is the header's.
        let header = GrubConfig.Entry(line: 0, title: "", searches: config.searches, roots: config.roots)
        let dead = !starts(scene.started.index.map { config.entries[$0] } ?? header, volume, scene)
        let uuid = volume.signature?.uuid
        return Finding(
            id: "grub-config.no-such-filesystem", step: id, severity: dead ? .blocker : .warning,
            summary: "grub.cfg searches for a filesystem that no longer exists",
            symptom: "error: no such device: \(lost[0].value)."
                + (dead ? " error: you need to load the kernel first." : ""),
            evidence: lost.prefix(5).map {
                Evidence(path: path, line: $0.line, seen: $0.value, expected: uuid)
            })
    }

    private static func missingFiles(_ boot: BootDirectory, _ scene: Scene) -> [Finding] {
        // An image that the rebuild of an installed kernel makes is that step's: the menu is right.
        let toBuild = Set(
            InitramfsStep.bootable(boot, scene).map { scene.grubImagePath(kernel: $0) })
        // What boot-copy brings back is right as well.
        let toCopy = Set(scene.olderHalves.flatMap(scene.rescueFiles(onlyIn:)).map(scene.grubPath))
        var findings: [Finding] = []
        for entry in scene.menu {
            for reference in [entry.kernel].compactMap({ $0 }) + entry.images
            where scene.bootFile(named: reference.value, inRoot: entry.looksInRoot) == .missing {
                let isKernel = reference == entry.kernel
                if toCopy.contains(reference.value) || !isKernel && toBuild.contains(reference.value) {
                    continue
                }
                findings.append(
                    Finding(
                        id: isKernel ? "grub-config.no-such-kernel" : "grub-config.no-such-image", step: id,
                        severity: entry.starts ? .blocker : .warning,
                        summary:
                            "the menu entry '\(entry.title)' starts \(reference.value), which is not there",
                        symptom: "error: file `\(reference.value)' not found.",
                        evidence: [Evidence(path: entry.path, line: reference.line, seen: reference.value)],
                        remedies: entry.bls.map { correction(of: $0, entry.path, scene) } ?? []))
            }
        }
        return findings
    }

    // An entry without initrd leaves the kernel to find root= by itself, which it does by partition alone: not by a
    // filesystem's UUID, and on no array and no volume group (init/do_mounts.c, name_to_dev_t).
    private static func entriesWithoutImage(_ scene: Scene) -> [Finding] {
        scene.menu.compactMap { entry in
            guard let kernel = entry.kernel,
                case .file = scene.bootFile(named: kernel.value, inRoot: entry.looksInRoot),
                entry.images.isEmpty, let root = entry.commandLine.value(of: "root"),
                scene.rootVolume?.kind != .partition
                    || !["/dev/", "PARTUUID="].contains(where: root.hasPrefix)
            else { return nil }
            return Finding(
                id: "grub-config.no-image", step: id, severity: entry.starts ? .blocker : .warning,
                summary:
                    "the menu entry '\(entry.title)' loads no initramfs, without which root=\(root) is not found",
                symptom: "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
                evidence: [
                    Evidence(
                        path: entry.path, line: kernel.line, seen: "no initrd line",
                        expected: "an initrd line")
                ], remedies: entry.bls.map { correction(of: $0, entry.path, scene) } ?? [])
        }
    }

    // Up to RHEL 7 and Fedora 29 GRUB starts kernels by linuxefi under UEFI and by linux16 under BIOS, and each knows its
    // own alone. grub2-mkconfig takes what the system that it runs in was started by (10_linux).
    private static func otherFirmwares(_ scene: Scene) -> Finding? {
        let command = scene.isUEFI ? "linux16" : "linuxefi"
        let entries = scene.menu.filter { $0.loadedBy == command }
        guard let first = entries.first(where: \.starts) ?? entries.first else { return nil }
        return Finding(
            id: "grub-config.other-firmware", step: id, severity: first.starts ? .blocker : .warning,
            summary:
                "the menu entry '\(first.title)' starts its kernel by \(command), which GRUB does not know under"
                + (scene.isUEFI ? " UEFI" : " BIOS"),
            symptom: "error: can't find command `\(command)'.",
            evidence: entries.prefix(5).map {
                Evidence(
                    path: $0.path, line: $0.kernel?.line, seen: command,
                    expected: scene.isUEFI ? "linuxefi" : "linux16")
            })
    }

    private static func correction(of entry: BLSEntry, _ path: String, _ scene: Scene) -> [Remedy] {
        let redo = EntryRedo(scene: scene)
        if let correction = redo.correction(of: entry) { return [correction] }
        return [redo.start(insteadOf: entry)].compactMap(\.self) + [
            .byHand(
                id, title: "Correct the entry or take it out", lines: ["vi \(Command.quoted(path))"],
                why: "which kernel it should start is not written in it")
        ]
    }

    private static func writingEntry(_ version: String, _ file: String, _ scene: Scene) -> Remedy {
        let image = Command.quoted("/lib/modules/\(version)/vmlinuz")
        return EntryRedo(scene: scene).entry(for: version, file)
            ?? .byHand(
                id, title: "Write the menu entry of \(version)",
                lines: ["kernel-install add \(Command.quoted(version)) \(image)"],
                why: "nothing says with which options it is to start")
    }

    // Words that the menu has and its sources have not: it was not generated since they were put right. A source that
    // has them itself is the step cmdline.
    private static func staleArguments(_ lines: CommandLines, _ config: GrubConfig) -> [Finding] {
        // A root that is not there is looked for in each entry by itself, but for what BLS entries share.
        let isLost = { (word: String) in ["no-such-root", "wrong-root"].contains(word) }
        return lines.onlyGenerated.filter { wrong in
            !isLost(wrong.problem.word) || wrong.places.contains { $0.line == config.kernelopts?.line }
        }.map { wrong in
            let problem = wrong.problem
            let stops = problem.stops && wrong.places.contains(where: \.starts)
            let hasNoRoot = problem.word == "no-root"
            return Finding(
                id: hasNoRoot ? "grub-config.no-root" : "grub-config.stale-arguments", step: id,
                severity: stops ? .blocker : .warning,
                summary: problem.summary
                    + (hasNoRoot ? "" : ": the menu is older than what it is made from"),
                symptom: problem.symptom,
                evidence: wrong.places.map { place in
                    Evidence(
                        path: place.path, line: place.line, seen: problem.old ?? "nothing of it",
                        expected: problem.new)
                })
        }
    }

    private static func lostRoot(
        _ config: GrubConfig, _ path: String, _ lines: CommandLines, _ scene: Scene
    ) -> Finding? {
        let judge = CommandLineJudge(scene, nil)
        for (index, entry) in config.entries.enumerated() where !scene.startsAnotherSystem(entry) {
            guard let root = KernelCommandLine(parsing: entry.arguments).value(of: "root"),
                judge.isDevice(root), let kernel = entry.kernel,
                !lines.wrong.contains(where: { $0.problem.old == "root=" + root })
            else { continue }
            let volumes = scene.volumes(named: root).map(\.id)
            guard !volumes.contains(scene.installation.root) else { continue }
            return Finding(
                id: "grub-config.wrong-root", step: id,
                severity: index == scene.started.index ? .blocker : .warning,
                summary: volumes.isEmpty
                    ? "the kernel is told root=\(root), which no device has"
                    : "the kernel is told root=\(root), which is not this system's root",
                symptom: "ALERT!  \(root) does not exist.  Dropping to a shell!",
                evidence: [
                    Evidence(
                        path: path, line: kernel.line, seen: "root=\(root)",
                        expected: scene.rootVolume.map { "root=\($0.name)" })
                ])
        }
        return nil
    }

    // GRUB starts the first entry instead, without a word: the machine boots, of another kernel perhaps.
    private static func lostDefault(_ path: String, _ scene: Scene) -> Finding? {
        guard let lost = scene.started.lost else { return nil }
        let isSaved = lost.variable != nil
        return Finding(
            id: "grub-config.no-such-default", step: id, severity: .note,
            summary: "the entry '\(lost.value)' is to start and is not in the menu; GRUB starts the first",
            evidence: [
                Evidence(
                    path: isSaved ? scene.grubenvPath : path,
                    seen: (lost.variable ?? "default") + "=" + lost.value)
            ])
    }

    private static func unlistedKernel(
        _ config: GrubConfig, _ boot: BootDirectory, _ path: String, _ scene: Scene
    ) -> Finding? {
        guard let newest = scene.kernels.first,
            let kernel = boot.kernels.last(where: { $0.version == newest })
        else { return nil }
        let menu = scene.menu
        // SUSE's packages bring vmlinux-….gz beside vmlinuz-…, for debuggers.
        let files = boot.kernels.filter { $0.version == newest }.map { BootMenuFile.file($0.file) }
        let listed = menu.contains {
            !$0.looksInRoot && $0.kernel.map { files.contains(scene.bootFile(named: $0.value)) } ?? false
        }
        // One that only has to be corrected is that entry's finding.
        guard !listed, !EntryRedo(scene: scene).leads(to: newest) else { return nil }
        let isEmpty = config.starting.isEmpty && menu.isEmpty
        return Finding(
            id: "grub-config.kernel-not-listed", step: id,
            severity: isEmpty ? .blocker : .warning,
            summary: "the newest kernel, \(newest), has no menu entry",
            symptom: isEmpty ? "an empty menu, or the prompt 'grub>'" : nil,
            evidence: [
                Evidence(
                    path: config.readsEntries ? scene.bootPath(BLSEntry.directory) : path,
                    seen: "no entry for \(kernel.file)")
            ], remedies: config.readsEntries ? [writingEntry(newest, kernel.file, scene)] : [])
    }
}
