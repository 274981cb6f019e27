import BootFiles
import Changes
import Storage
import Surveying

/// boot-copy: what will be mounted as /boot holds what the /boot before it held.
///
/// Skipped only where an older half still has what is missing: the old partition, a member that is out of date, or the
/// directory under the mount point.
enum BootCopyStep: MigrationStep {
    static let id = StepID.bootCopy

    static func examine(_ scene: Scene) -> Examination {
        guard let boot = scene.boot else {
            return Examination(.unknown, reason: scene.whyNoBoot)
        }
        guard boot.path.isEmpty else {
            return Examination(.notApplicable, reason: "/boot is a directory of the root filesystem")
        }
        let own = scene.kernels(in: boot)
        let halves = scene.olderHalves
        if own.isEmpty && !halves.contains(where: { !scene.kernels(in: $0).isEmpty }) {
            return Examination(
                .unknown, reason: "no filesystem holds a kernel that has its modules in the root",
                findings: [noKernel(boot, nil, scene)])
        }
        var findings: [Finding] = []
        for half in halves {
            let missing = scene.kernels(in: half).filter { !own.contains($0) }
            let rescue = scene.rescueFiles(onlyIn: half)
            let entries = lostEntries(boot, half, scene)
            if own.isEmpty, !missing.isEmpty {
                findings.append(noKernel(boot, half, scene))
            } else if scene.isUnderMountPoint(half), let newest = missing.first, isNewer(newest, than: own) {
                findings.append(shadowed(newest, half, scene))
            } else if !(missing + rescue + entries).isEmpty {
                findings.append(missingFiles(missing, rescue, entries, boot, half, scene))
            }
            if boot.grub == nil, half.grub != nil, scene.menuOnESP == nil {
                findings.append(noGrub(boot, half, scene))
            }
        }
        var seen: Set<String> = []
        findings.removeAll { !seen.insert($0.id).inserted }
        guard !findings.isEmpty else {
            let name = scene.bootVolume?.name ?? "/boot"
            return Examination(.done, reason: "\(name) holds \(own.joined(separator: ", "))")
        }
        return Examination(own.isEmpty ? .skipped : .stale, findings: findings)
    }

    static func redo(_ scene: Scene) -> [Remedy] { examine(scene).findings.flatMap(\.remedies) }

    private static func isNewer(_ kernel: String, than own: [String]) -> Bool {
        own.allSatisfy { KernelVersion($0) < KernelVersion(kernel) }
    }

    /// BLS entries of kernels that both halves have and only the older one lists.
    private static func lostEntries(_ boot: BootDirectory, _ half: BootDirectory, _ scene: Scene) -> [String]
    {
        guard scene.grub?.config?.readsEntries ?? false else { return [] }
        let kernels = Set(boot.entries.compactMap(\.kernel?.value))
        return half.entries.filter { entry in
            guard let kernel = entry.kernel?.value, !kernels.contains(kernel) else { return false }
            return boot.kernels.contains { scene.grubPath($0.file) == kernel }
        }.map(\.file)
    }

    // MARK: How it is said

    // GRUB that still starts from the old half finds its kernels there, and the boot goes on with an empty /boot.
    private static func severity(_ scene: Scene) -> Finding.Severity {
        scene.startsFromOlderHalf ? .warning : .blocker
    }

    private static func noKernel(_ boot: BootDirectory, _ half: BootDirectory?, _ scene: Scene) -> Finding {
        let name = scene.name(of: boot.volume)
        return Finding(
            id: "boot-copy.no-kernel", step: id, severity: severity(scene),
            summary: "\(name), which is mounted as /boot, holds no kernel of this system",
            symptom: severity(scene) == .blocker ? "error: file `/vmlinuz…' not found." : nil,
            evidence: [
                Evidence(
                    device: name, seen: "no kernel with modules in the root",
                    expected: half.map { scene.kernels(in: $0).joined(separator: ", ") })
            ] + (half.map { [held($0, scene)] } ?? []),
            remedies: half.map {
                copying(
                    scene.files(of: scene.kernels(in: $0), in: $0) + scene.rescueFiles(onlyIn: $0), $0, scene)
            } ?? [])
    }

    private static func noGrub(_ boot: BootDirectory, _ half: BootDirectory, _ scene: Scene) -> Finding {
        let name = scene.name(of: boot.volume)
        return Finding(
            id: "boot-copy.no-grub", step: id, severity: severity(scene),
            summary: "\(name), which is mounted as /boot, has no GRUB directory",
            symptom: severity(scene) == .blocker ? "error: file `…/i386-pc/normal.mod' not found." : nil,
            evidence: [
                Evidence(device: name, seen: "no GRUB directory", expected: half.grub?.directory),
                held(half, scene),
            ], remedies: copying([half.grub?.directory].compactMap(\.self), half, scene))
    }

    private static func missingFiles(
        _ kernels: [String], _ rescue: [String], _ entries: [String], _ boot: BootDirectory,
        _ half: BootDirectory, _ scene: Scene
    ) -> Finding {
        let files = kernels.map { "vmlinuz-" + $0 } + rescue + entries
        let names = scene.files(of: kernels, in: half) + rescue + entries.map { "loader/entries/" + $0 }
        return Finding(
            id: "boot-copy.missing-files", step: id, severity: .warning,
            summary: "only an older half of /boot holds \(files.joined(separator: ", "))",
            evidence: [
                Evidence(device: scene.name(of: boot.volume), seen: "no " + files.joined(separator: ", no ")),
                held(half, scene),
            ], remedies: copying(names, half, scene))
    }

    private static func shadowed(_ kernel: String, _ half: BootDirectory, _ scene: Scene) -> Finding {
        Finding(
            id: "boot-copy.shadowed", step: id, severity: .warning,
            summary:
                "the kernel \(kernel) was written into the directory under /boot while /boot was not mounted",
            symptom: "it boots the kernel from before the update",
            evidence: [held(half, scene)],
            remedies: copying(scene.files(of: [kernel], in: half), half, scene))
    }

    // Which of two halves is the newer, a person has to say: so the old one's device is to be named. A member that fell
    // behind is no filesystem of its own to copy from.
    private static func copying(_ names: [String], _ half: BootDirectory, _ scene: Scene) -> [Remedy] {
        guard half.volume != scene.boot?.volume, !names.isEmpty else { return [] }
        let name = scene.name(of: half.volume)
        let old = Change.OldBoot(
            volume: half.volume.rawValue, name: name, subvolume: half.subvolume, directory: half.path)
        let files = half.kernels.map { ($0.file, $0.size) } + half.images.map { ($0.file, $0.size) }
        // What is no kernel and no image is GRUB's directory or a few lines of text.
        let sizes = names.map { name in files.first { $0.0 == name }?.1 ?? 16 << 20 }
        return [
            Remedy(
                step: id, needs: .confirm, confirmDevice: name,
                title: "Copy what only \(name) has into /boot",
                changes: [
                    .copy(
                        from: old, files: names,
                        size: sizes.reduce(0) { $0 &+ min($1, 1 << 40) })
                ])
        ]
    }

    private static func held(_ half: BootDirectory, _ scene: Scene) -> Evidence {
        Evidence(
            device: scene.name(of: half.volume) + half.path,
            seen: "holds "
                + (scene.kernels(in: half).map { "vmlinuz-" + $0 } + [half.grub?.directory].compactMap { $0 })
                .joined(separator: ", "))
    }
}

extension Scene {
    /// The kernels of a directory that have modules in the root, newest first.
    func kernels(in directory: BootDirectory) -> [String] {
        kernels.filter { version in directory.kernels.contains { $0.version == version } }
    }

    /// These kernels and their images, as a directory's files are called.
    func files(of kernels: [String], in directory: BootDirectory) -> [String] {
        kernels.flatMap { kernel in
            directory.kernels.filter { $0.version == kernel }.map(\.file)
                + directory.images.filter { $0.version == kernel }.map(\.file)
        }
    }

    /// The rescue kernel and its image, where the menu starts them and this older half alone has them. They need no
    /// modules in the root (dracut, 51-dracut-rescue.install).
    func rescueFiles(onlyIn half: BootDirectory) -> [String] {
        let named = Set(menu.flatMap { ([$0.kernel].compactMap(\.self) + $0.images).map(\.value) })
        return (half.kernels.map(\.file) + half.images.map(\.file)).filter { file in
            let path = grubPath(file)
            return file.contains("-0-rescue-") && named.contains(path) && bootFile(named: path) == .missing
        }
    }

    /// Other directories with files of this system's /boot: of other filesystems, and of halves that are out of date.
    var olderHalves: [BootDirectory] {
        guard let boot else { return [] }
        let others = survey.bootDirectories.filter { $0 != boot }
        let stale = survey.otherHalves.filter { $0.volume == boot.volume }.flatMap(\.bootDirectories)
        return (others + stale).filter { !kernels(in: $0).isEmpty }
    }

    /// The directory /boot of the root, which a filesystem mounted there hides.
    func isUnderMountPoint(_ directory: BootDirectory) -> Bool {
        directory.volume == installation.root && !directory.path.isEmpty && boot?.path == ""
    }

    /// The disk that the BIOS starts has a core image that leads to an older half with kernels of this system.
    var startsFromOlderHalf: Bool {
        guard let started = GrubInstallStep.startedDisk(self),
            let core = survey.diskBoots.first(where: { $0.disk == started })?.startedCore
        else { return false }
        return leadsToOlderHalf(core, on: started)
    }

    func leadsToOlderHalf(_ core: CoreImage, on disk: VolumeID) -> Bool {
        olderHalves.contains { half in
            guard let volume = storage.volume(half.volume), half.volume != boot?.volume,
                half.grub?.config != nil
            else {
                return false
            }
            return CoreAim(core, disk, half, volume, self).miss == nil
        }
    }
}
