import BootFiles
import Changes
import Distributions
import Storage
import Surveying

/// The initramfs: for every bootable kernel a whole image that holds what the storage under root needs now.
enum InitramfsStep: MigrationStep {
    static let id = StepID.initramfs

    static func examine(_ scene: Scene) -> Examination {
        guard let boot = scene.boot else {
            return Examination(.unknown, reason: scene.whyNoBoot)
        }
        let kernels = bootable(boot, scene)
        guard !kernels.isEmpty else {
            return Examination(.unknown, reason: "no kernel in /boot has its modules in the root")
        }
        let words = CommandLines(scene).onlyInImages
        var findings: [Finding] = []
        var unknown: String?
        var missing = 0
        for kernel in kernels {
            let starts = kernel == startsFirst(boot, kernels, scene)
            guard let image = boot.images.first(where: { $0.version == kernel }) else {
                missing += 1
                findings.append(missingImage(kernel, starts, scene))
                continue
            }
            guard let facts = image.facts else {
                unknown = unknown ?? "\(scene.bootPath(image.file)): \(image.failure ?? "it was not read")"
                continue
            }
            if facts.damage?.kind == .unreadable {
                unknown = unknown ?? "\(scene.bootPath(image.file)) could not be read to its end"
                continue
            }
            if let reason = facts.notLookedInto {
                unknown = unknown ?? "\(scene.bootPath(image.file)): \(reason)"
            }
            findings += InitramfsExamination(scene, kernel, image, facts, startsFirst: starts).findings(words)
        }
        let own = findings.filter { $0.id != DegradedActivation.findingID }
        let asides =
            findings.filter { $0.id == DegradedActivation.findingID }
            + [noRoom(boot, scene)].compactMap(\.self)
        if own.isEmpty {
            if let unknown { return Examination(.unknown, reason: unknown) }
            let files = boot.images.filter { kernels.contains($0.version ?? "") }.map(\.file)
            let what =
                files.joined(separator: ", ")
                + (files.count == 1 ? " is whole and has" : " are whole and have")
            return Examination(.done, reason: what + " what the root needs", findings: asides)
        }
        return Examination(missing == kernels.count ? .skipped : .stale, findings: own + asides)
    }

    static func redo(_ scene: Scene) -> [Remedy] {
        guard let boot = scene.boot else { return [] }
        return bootable(boot, scene).map { rebuild($0, scene) }
    }

    /// Rebuilds one kernel's image beside the old one.
    static func rebuild(_ kernel: String, _ scene: Scene) -> Remedy {
        Remedy(
            step: id, title: "Rebuild the initramfs of \(kernel)",
            changes: listingDrivers(scene) + [buildChange(kernel, scene)])
    }

    // A generator that was told which modules to take leaves the driver, and what no hook brings, out again unless it is
    // told. One text for all kernels, so that a plan for several of them writes it once.
    private static func listingDrivers(_ scene: Scene) -> [Change] {
        guard let path = scene.distribution.moduleListPath, let boot = scene.boot else { return [] }
        let missing = bootable(boot, scene).flatMap { kernel in
            let facts = boot.images.first { $0.version == kernel }?.facts
            return facts.map { scene.missingDrivers(kernel, $0) + missingFilesystem(kernel, $0, scene) } ?? []
        }
        guard !missing.isEmpty else { return [] }
        let was = scene.installation.texts[path]
        var text = was ?? ""
        if !text.isEmpty && !text.hasSuffix("\n") { text += "\n" }
        text += Set(missing.flatMap(\.self)).sorted().joined(separator: "\n") + "\n"
        return [.writeFile(path: path, text: text, was: was, mode: 0o644)]
    }

    private static func missingFilesystem(
        _ kernel: String, _ facts: InitramfsFacts, _ scene: Scene
    ) -> [Set<String>] {
        let stack = StorageStack(under: scene.installation.root, in: scene.storage)
        guard let module = stack.filesystemModule, !facts.has(module: module),
            !(scene.installation.builtIn[kernel] ?? []).contains(module)
        else { return [] }
        return [[module]]
    }

    /// The rebuilds that carry a corrected mdadm.conf into the images that hold a copy of it.
    static func rebuildsOfImagesWithArrays(_ scene: Scene) -> [Change] {
        guard let boot = scene.boot else { return [] }
        return bootable(boot, scene).filter { kernel in
            boot.images.contains { $0.version == kernel && $0.facts.map { !$0.mdadmConfs.isEmpty } ?? true }
        }.map { buildChange($0, scene) }
    }

    private static func buildChange(_ kernel: String, _ scene: Scene) -> Change {
        let path = scene.distribution.initramfsPath(kernel: kernel)
        let output = path + ".bootmend"
        return .build(
            path: path, output: output,
            command: scene.distribution.rebuildInitramfs(
                kernel: kernel, output: output, needs: scene.initramfsNeeds),
            result: .initramfs(kernel: kernel))
    }

    /// Kernels that have an image of their own in /boot and modules in the root, newest first.
    static func bootable(_ boot: BootDirectory, _ scene: Scene) -> [String] {
        scene.kernels.filter { version in boot.kernels.contains { $0.version == version } }
    }

    /// The kernel that starts when nobody touches a key; nil where none of /boot has its modules in the root.
    static func firstKernel(_ scene: Scene) -> String? {
        scene.boot.flatMap { startsFirst($0, bootable($0, scene), scene) }
    }

    /// The image of that kernel.
    static func firstImage(_ scene: Scene) -> BootDirectory.Image? {
        firstKernel(scene).flatMap { first in scene.boot?.images.first { $0.version == first } }
    }

    // Without a menu that names one, the newest kernel is it.
    static func startsFirst(_ boot: BootDirectory, _ kernels: [String], _ scene: Scene) -> String? {
        let file = scene.started.kernel.map { scene.bootFile(named: $0) }
        let named = boot.kernels.first { file == .file($0.file) }?.version
        return named.flatMap { kernels.contains($0) ? $0 : nil } ?? kernels.first
    }

    // A generator that runs out of room leaves half an image, and some say nothing of it.
    private static func noRoom(_ boot: BootDirectory, _ scene: Scene) -> Finding? {
        guard let free = boot.free, let largest = boot.images.max(by: { $0.size < $1.size }),
            free < largest.size
        else { return nil }
        return Finding(
            id: "initramfs.no-room", step: id, severity: .note,
            summary: "/boot has no room for another image of the size of \(largest.file)",
            symptom: "update-initramfs or dracut: No space left on device, at the next kernel",
            evidence: [
                Evidence(
                    path: "/boot", seen: "\(free) bytes free", expected: "\(largest.size) bytes or more")
            ])
    }

    private static func missingImage(_ kernel: String, _ starts: Bool, _ scene: Scene) -> Finding {
        Finding(
            id: "initramfs.missing", step: id, severity: starts ? .blocker : .warning,
            summary: "the kernel \(kernel) has no initramfs",
            symptom: "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
            evidence: [
                Evidence(path: scene.distribution.initramfsPath(kernel: kernel), seen: "no such file")
            ],
            remedies: [rebuild(kernel, scene)])
    }
}

extension Scene {
    /// What an image must be able to open to reach this root.
    var initramfsNeeds: InitramfsNeeds {
        let stack = StorageStack(under: installation.root, in: storage)
        return InitramfsNeeds(
            mdArrays: stack.arrays.map(\.uuid), lvm: !stack.logicalVolumes.isEmpty,
            drivers: stack.modules.map(\.module), luks: !stack.containers.isEmpty,
            crypttab: namesOnly(stack.containers))
    }
}

extension InitramfsFacts {
    /// The copies of mdadm.conf in it, by path.
    var mdadmConfs: [String: String] {
        texts.filter { $0.key.hasPrefix("etc/mdadm") && $0.key.hasSuffix(".conf") }
    }
}
