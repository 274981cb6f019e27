import BootFiles
import Changes
import Storage
import Surveying

/// grub-install's part on a machine that UEFI starts: loaders on the ESP of each disk that lead to /boot, and for each
/// a boot option of the firmware's or the fallback path, which needs none.
enum UEFILoaders {
    private static let step = StepID.grubInstall

    static func examine(_ scene: Scene) -> Examination {
        guard let start = FirmwareStart(scene) else {
            return Examination(.unknown, reason: scene.whyNoBoot)
        }
        let esps = own(scene)
        var redo = LoaderRedo(scene, start)
        var findings: [Finding] = []
        var unknown: String?
        switch start.first?.end {
        case .leads: break
        case .unsure(let reason): unknown = reason
        case .stops(let miss):
            findings += start.first.map { [finding($0.esp, miss, .blocker, scene, redo)] } ?? []
        case nil where start.unseen.contains { !$0.stops }:
            unknown =
                "whether the firmware has a boot option for \(start.unseen[0].path) is seen only by a system that it"
                + " started by UEFI"
        case nil: break
        }
        // Where nothing starts, what is wrong with each of them stops the machine.
        let severity: Finding.Severity = start.first == nil && unknown == nil ? .blocker : .warning
        for esp in esps where start.first.map({ $0.esp.volume != esp.volume }) ?? true {
            // Of those that some option may start, one does: what the others lead to matters without its disk.
            let startsFirst = start.unseen.first.map { $0.esp.volume == esp.volume } ?? true
            findings += [other(esp, start, startsFirst ? severity : .warning, scene, &redo)].compactMap(
                \.self)
        }
        findings += without(esps, start.unseen.isEmpty ? severity : .warning, scene)
        if start.first == nil && findings.isEmpty && unknown == nil {
            unknown = "no EFI system partition of this system was found"
        }
        findings += differences(esps, scene, redo) + otherMenus(esps, start, scene)
        findings += start.stale.map(stale)
        let wrong = findings.filter { $0.severity != .note }
        if let unknown { return Examination(.unknown, reason: unknown, findings: findings) }
        guard !wrong.isEmpty else {
            return Examination(.done, reason: proof(start, esps, scene), findings: findings)
        }
        let never = wrong.allSatisfy {
            ["missing", "no-esp"].map { "\(step.rawValue).\($0)" }.contains($0.id)
        }
        return Examination(never ? .skipped : .stale, findings: findings)
    }

    /// This system's loaders once more, on each of its ESPs.
    static func redo(_ scene: Scene) -> [Remedy] {
        guard let start = FirmwareStart(scene) else { return [] }
        let redo = LoaderRedo(scene, start)
        return own(scene).map(redo.loaders)
    }

    private static func proof(_ start: FirmwareStart, _ esps: [ESP], _ scene: Scene) -> String {
        let path = start.first.map { ", by \($0.path)" } ?? ""
        return "loaders on \(scene.names(esps.map(\.volume))) that lead to /boot" + path
    }

    /// The ESPs of the disks that hold a part of /boot, and what fstab mounts as one.
    static func own(_ scene: Scene) -> [ESP] {
        let disks = Set(GrubInstallStep.disksWithBoot(scene))
        let mounted = mounted(scene)
        return scene.esps.filter { esp in
            mounted.contains(esp.volume) || !disks.isDisjoint(with: scene.storage.disks(under: esp.volume))
        }
    }

    /// What fstab mounts as an ESP: packages write to that one.
    static func mounted(_ scene: Scene) -> [VolumeID] {
        ESP.mountPoints.compactMap(scene.entry(mountedAt:)).flatMap {
            scene.volumes(named: $0.source)
        }.map(\.id)
    }

    // MARK: findings

    // What another disk's ESP does decides when that disk is the one that starts.
    private static func other(
        _ esp: ESP, _ start: FirmwareStart, _ severity: Finding.Severity, _ scene: Scene,
        _ redo: inout LoaderRedo
    ) -> Finding? {
        let chain =
            start.first(on: esp) ?? (start.refused + start.unseen).first { $0.esp.volume == esp.volume }
        guard let chain else {
            let loaders = FirmwareStart.own(esp, scene)
            let remedies =
                (loaders.isEmpty ? [redo.loaders(on: esp)] : []) + [redo.option(for: esp)].compactMap(\.self)
            return Finding(
                id: loaders.isEmpty ? "grub-install.missing" : "grub-install.no-boot-option", step: step,
                severity: severity,
                summary: loaders.isEmpty
                    ? "\(scene.name(of: esp.volume)): the ESP has no loader of this system"
                    : "\(scene.name(of: esp.volume)): no boot option leads to its loader, and it has no fallback path",
                symptom: "the firmware's set-up, or the prompt 'Shell>'",
                evidence: [
                    Evidence(
                        device: esp.volume.rawValue,
                        seen: esp.vendors.isEmpty
                            ? "no directory in EFI" : esp.vendors.map(\.name).joined(separator: " "),
                        expected: FirmwareStart.ownDirectory(scene))
                ], remedies: remedies)
        }
        guard case .stops(let miss) = chain.end else { return nil }
        return finding(esp, miss, severity, scene, redo)
    }

    private static func finding(
        _ esp: ESP, _ miss: CoreAim.Miss, _ severity: Finding.Severity, _ scene: Scene, _ redo: LoaderRedo
    ) -> Finding {
        Finding(
            id: "grub-install.\(miss.word)", step: step, severity: severity,
            summary: "\(scene.name(of: esp.volume)): \(miss.summary)", symptom: miss.symptom,
            evidence: [
                Evidence(device: esp.volume.rawValue, seen: miss.seen, expected: miss.expected)
            ], remedies: [redo.loaders(on: esp)])
    }

    // A disk that holds /boot and no ESP at all cannot start it.
    private static func without(_ esps: [ESP], _ severity: Finding.Severity, _ scene: Scene) -> [Finding] {
        let covered = Set(esps.flatMap { scene.storage.disks(under: $0.volume) })
        return GrubInstallStep.disksWithBoot(scene).filter { !covered.contains($0) }.map { disk in
            Finding(
                id: "grub-install.no-esp", step: step, severity: severity,
                summary: "\(disk) has no EFI system partition, so the firmware cannot start from it",
                symptom: "the firmware's set-up, or the prompt 'Shell>'",
                evidence: [Evidence(device: disk.rawValue, seen: "no partition of type c12a7328-…")])
        }
    }

    // An upgrade reaches the ESP that is mounted; the other one's shim and GRUB stay old until Secure Boot or /boot's
    // files are too new for them.
    private static func differences(_ esps: [ESP], _ scene: Scene, _ redo: LoaderRedo) -> [Finding] {
        guard let first = esps.first(where: { !FirmwareStart.own($0, scene).isEmpty }) else { return [] }
        return esps.filter { $0.volume != first.volume && !FirmwareStart.own($0, scene).isEmpty }.compactMap {
            esp in
            let loaders = first.vendors.filter { FirmwareStart.isOwn($0, scene) }.flatMap(\.loaders)
            let differing = loaders.filter { loader in
                esp.loader(loader.path).map { $0.checksum != loader.checksum } ?? true
            }
            guard let one = differing.first else { return nil }
            return Finding(
                id: "grub-install.esp-differs", step: step, severity: .warning,
                summary:
                    "\(scene.name(of: esp.volume)) has other loaders than \(scene.name(of: first.volume))",
                symptom: "an older GRUB, or a Secure Boot violation, with this disk alone",
                evidence: [
                    Evidence(
                        device: esp.volume.rawValue,
                        seen: esp.loader(one.path).map { "\(one.path), \($0.size) bytes" }
                            ?? "no \(one.path)",
                        expected: "\(one.size) bytes, as on \(scene.name(of: first.volume))")
                ], remedies: [redo.loaders(on: esp)])
        }
    }

    // Where each GRUB reads the menu of its own ESP, grub2-mkconfig and a kernel's update reach one of them. The other
    // one decides where the firmware starts that one first.
    private static func otherMenus(_ esps: [ESP], _ start: FirmwareStart, _ scene: Scene) -> [Finding] {
        guard let menu = scene.menuOnESP, let right = menu.vendor?.config, let first = menu.esp else {
            return []
        }
        return esps.compactMap { esp in
            guard let vendor = esp.vendor(FirmwareStart.ownDirectory(scene)), let config = vendor.config,
                config.text != right.text,
                let copy = LoaderRedo.copyOfMenu(to: esp, scene)
            else { return nil }
            let isFirst = start.first?.esp.volume == esp.volume
            return Finding(
                id: "grub-install.esp-differs", step: step,
                severity: isFirst && !starts(vendor, scene) ? .blocker : .warning,
                summary:
                    "\(scene.name(of: esp.volume)) has another menu than \(scene.name(of: first.volume))",
                symptom: "another menu, or error: file not found, with this disk",
                evidence: [
                    Evidence(
                        device: esp.volume.rawValue, seen: "\(config.path), \(config.text.utf8.count) bytes",
                        expected: "\(right.text.utf8.count) bytes, as on \(scene.name(of: first.volume))")
                ],
                remedies: [
                    Remedy(
                        step: step, title: "Bring the menu to \(scene.name(of: esp.volume))", changes: [copy])
                ])
        }
    }

    /// The entry that this menu starts by itself has a kernel, and is told this system's root.
    private static func starts(_ vendor: ESP.Vendor, _ scene: Scene) -> Bool {
        let grub = BootDirectory.Grub(
            directory: vendor.name, config: vendor.grubConfig, environment: vendor.environment)
        let started = StartedEntry(of: grub, entries: scene.boot?.entries ?? [])
        guard let kernel = started.kernel, scene.bootFile(named: kernel) != .missing else { return false }
        let judge = CommandLineJudge(scene, InitramfsStep.firstImage(scene)?.facts?.generator)
        return started.commandLine.map { line in !judge.problems(line).contains(where: \.stops) } ?? true
    }

    private static func stale(_ option: BootOption) -> Finding {
        Finding(
            id: "grub-install.stale-boot-option", step: step, severity: .note,
            summary: "the boot option \(option.name), \(option.title), names a partition that no disk has",
            evidence: [Evidence(path: option.name, seen: option.partition?.uuid ?? "")],
            remedies: [
                .byHand(
                    step, title: "Remove the boot option \(option.name)",
                    lines: ["efibootmgr --delete-bootnum --bootnum \(BootOption.digits(of: option.number))"],
                    why: "the disk that it is for may come back")
            ])
    }
}
