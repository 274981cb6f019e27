import BootFiles
import Changes
import Storage
import Surveying

/// grub-install on each disk: boot code, a whole core image, and a prefix that leads to the present /boot.
enum GrubInstallStep: MigrationStep {
    static let id = StepID.grubInstall

    static func examine(_ scene: Scene) -> Examination {
        guard let boot = scene.boot, let volume = scene.bootVolume else {
            return Examination(.unknown, reason: scene.whyNoBoot)
        }
        if scene.isUEFI { return UEFILoaders.examine(scene) }
        let disks = disksWithBoot(scene)
        guard !disks.isEmpty else {
            return Examination(.unknown, reason: "it is not known on which disks /boot lies")
        }
        let started = startedDisk(scene)
        var findings: [Finding] = []
        var unknown: String?
        var isStartUnknown = false
        for disk in disks {
            guard let code = scene.survey.diskBoots.first(where: { $0.disk == disk }),
                let record = code.record
            else {
                unknown = "the first sector of \(disk) could not be read"
                continue
            }
            switch BootCodeJudgement(of: code, record, boot, volume, scene) {
            case .leads(let finding): findings += [finding].compactMap(\.self)
            case .unsure(let reason):
                unknown = reason
                isStartUnknown = isStartUnknown || started == disk
            case .fails(var finding):
                // What still leads to an old half that is whole starts the machine from there.
                let isAside = code.startedCore.map { scene.leadsToOlderHalf($0, on: disk) } ?? false
                if isAside || started.map({ $0 != disk }) ?? false { finding.severity = .warning }
                findings.append(finding)
            }
        }
        let notes = [InstallDevices.finding(scene)].compactMap { $0 }
        findings += replacements(scene)
        guard !findings.isEmpty else {
            return unknown.map { Examination(.unknown, reason: $0, findings: notes) }
                ?? Examination(.done, reason: proof(disks, scene), findings: notes)
        }
        // What stops other disks does not say how the machine starts.
        if let unknown, isStartUnknown {
            return Examination(.unknown, reason: unknown, findings: findings + notes)
        }
        let never = findings.allSatisfy { $0.id == "grub-install.missing" }
        return Examination(never ? .skipped : .stale, findings: findings + notes)
    }

    static func redo(_ scene: Scene) -> [Remedy] {
        scene.isUEFI
            ? UEFILoaders.redo(scene) : disksWithBoot(scene).map { asking(install($0, scene), $0, scene) }
    }

    // What nobody has found wrong, and may be another system's, is overwritten for those who name the disk.
    private static func asking(_ remedy: Remedy, _ disk: VolumeID, _ scene: Scene) -> Remedy {
        let code = scene.survey.diskBoots.first { $0.disk == disk }?.record?.code
        let isForeign =
            switch code {
            case .foreign, .grubLegacy: true
            case .grub, .empty, nil: false
            }
        return isForeign && !remedy.isByHand ? confirmed(remedy, disk) : remedy
    }

    private static func confirmed(_ remedy: Remedy, _ disk: VolumeID) -> Remedy {
        var remedy = remedy
        remedy.needs = .confirm
        remedy.confirmDevice = disk.rawValue
        return remedy
    }

    private static func proof(_ disks: [VolumeID], _ scene: Scene) -> String {
        let prefixes = Set(
            scene.survey.diskBoots.filter { disks.contains($0.disk) }.compactMap(\.startedCore?.prefix))
        let leads = prefixes.count == 1 ? prefixes.first.map { ", prefix \($0)" } ?? "" : ""
        return "a whole core image on \(scene.names(disks))" + leads
    }

    /// The disks that hold a copy of /boot: each has to start it.
    static func disksWithBoot(_ scene: Scene) -> [VolumeID] {
        scene.bootVolume.map { scene.storage.disks(under: $0.id) } ?? []
    }

    /// The disks without a part of /boot whose boot code leads to it all the same: where the BIOS cannot start the disk
    /// that /boot is on, another one was made to.
    static func disksWithCodeAlone(_ scene: Scene) -> [VolumeID] {
        guard !scene.isUEFI, let boot = scene.boot, let volume = scene.bootVolume else { return [] }
        let holding = disksWithBoot(scene)
        return scene.survey.diskBoots.filter { code in
            guard !holding.contains(code.disk), let record = code.record, record.hasSignature,
                code.startedCore != nil
            else {
                return false
            }
            if case .leads = BootCodeJudgement(of: code, record, boot, volume, scene) { return true }
            return false
        }.map(\.disk)
    }

    // A BIOS starts the first disk that ends its first sector with 55 AA, whatever the code in it is worth. Of those that
    // hold no part of /boot only boot code that leads there counts: any other may be a disk that the BIOS is told to
    // leave out.
    static func startedDisk(_ scene: Scene) -> VolumeID? {
        let disks = Set(disksWithBoot(scene) + disksWithCodeAlone(scene))
        return scene.survey.diskBoots.first { disks.contains($0.disk) && $0.record?.hasSignature == true }?
            .disk
    }

    // What took the place of a failed disk gets its boot code last, once partitions leave room for a core image: until
    // then there is nothing to run.
    private static func replacements(_ scene: Scene) -> [Finding] {
        let mirror = IntendedMirror(scene)
        guard let boot = scene.bootVolume, mirror.isIncomplete(under: boot.id) else { return [] }
        let blank = mirror.replacements.filter { disk in
            scene.survey.diskBoots.first { $0.disk == disk.id }?.record?.code == .empty
        }
        return blank.map { disk in
            Finding(
                id: "grub-install.missing", step: id, severity: .warning, summary: "\(disk.id): no boot code",
                symptom: "No bootable device",
                evidence: [Evidence(device: disk.id.rawValue, offset: 0, seen: "an empty disk")],
                remedies: disk.table == nil ? [] : [install(disk.id, scene)])
        }
    }

    static func install(_ disk: VolumeID, _ scene: Scene) -> Remedy {
        let title = "Install GRUB on \(disk)"
        let command = scene.distribution.installGrub(on: disk.rawValue)
        // grub-install would refuse, and with it everything else be taken back that was put right.
        if let lack = scene.storage.disk(disk).flatMap({ PartitionTableStep.embedding(on: $0, scene) }),
            lack.severity != .note
        {
            return .byHand(
                id, title: title, lines: [command.description], why: "\(lack.summary): that comes first")
        }
        let area = scene.survey.diskBoots.first { $0.disk == disk }?.area
        let length = area.map { $0.start &+ $0.length } ?? 1 << 20
        let remedy = Remedy(
            step: id, title: title,
            changes: [
                .installBootLoader(
                    disk: disk.rawValue, area: .init(start: 0, length: min(length, 16 << 20)),
                    directory: scene.distribution.grubDirectory,
                    command: command)
            ])
        // A table that is odd is somebody's to look at first.
        return scene.storage.disk(disk)?.table?.remark == nil ? remedy : confirmed(remedy, disk)
    }
}
