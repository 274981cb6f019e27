import BootFiles
import Changes
import Storage
import Surveying

/// Whether the boot code of one disk leads to the present /boot.
enum BootCodeJudgement {
    /// A finding where it does for now.
    case leads(Finding?)
    case unsure(String)
    case fails(Finding)

    init(
        of code: DiskBoot, _ record: BootRecord, _ boot: BootDirectory, _ volume: Volume, _ scene: Scene
    ) {
        let disk = code.disk
        switch record.code {
        case .empty:
            self = .missing(
                disk, "no boot code",
                record.hasSignature ? "Booting from Hard Disk..., and then nothing" : "No bootable device",
                seen: "zeros", expected: "GRUB's boot.img", scene)
        case .grub(let sector):
            self = Self.grub(record, at: 0, code.core, sector, on: disk, boot, volume, scene)
        case .grubLegacy, .foreign:
            guard record.hasSignature else {
                self = .missing(
                    disk, "the boot code is not GRUB's, and the BIOS does not start it",
                    "No bootable device", seen: record.code.name, scene)
                return
            }
            self = Self.foreign(code, record.code, boot, volume, scene)
        }
    }

    // MARK: Somebody else's code

    // syslinux's mbr.bin (SUSE's generic_mbr) and the record of DOS and Windows do one thing: they start the boot
    // sector of the active partition. What other code does is its own affair, and is named.
    private static let generic: Set<String> = ["syslinux", "Windows"]
    // These start what they were made to start; that GRUB lies in the active partition means nothing to them.
    private static let loaders: Set<String> = ["LILO", "isolinux"]

    private static func foreign(
        _ code: DiskBoot, _ kind: BootRecord.Code, _ boot: BootDirectory, _ volume: Volume, _ scene: Scene
    ) -> BootCodeJudgement {
        let disk = code.disk
        let reason = "the boot code of \(disk) is not GRUB's (\(kind.name)), and what it starts is not known"
        guard case .foreign(let name) = kind, !loaders.contains(name),
            let table = scene.storage.disk(disk)?.table, table.type == "dos"
        else { return .unsure(reason) }
        let isGeneric = generic.contains(name)
        guard let active = code.active else {
            guard isGeneric, !table.partitions.contains(where: \.isActive) else { return .unsure(reason) }
            return .missing(
                disk, "the boot code is not GRUB's, and no partition is active for it to start",
                "Missing operating system", seen: name, expected: "GRUB's boot.img", scene)
        }
        switch active.record.code {
        case .grub(let sector):
            let start = table.partitions.first { $0.id == active.partition }?.start ?? 0
            let judged = grub(
                active.record, at: start, active.core, sector, on: disk, boot, volume, scene)
            // Whether code that nobody knows comes here at all is not known.
            if !isGeneric, case .fails = judged { return .unsure(reason) }
            return judged
        case .empty where isGeneric:
            return .missing(
                disk, "the boot code is not GRUB's, and \(active.partition), which it starts, has none",
                "Missing operating system", seen: name, expected: "GRUB's boot.img", scene)
        case .empty: return .unsure(reason)
        case .grubLegacy, .foreign:
            return .unsure(
                "the boot code of \(disk) is not GRUB's (\(name)), nor is that of its active partition"
                    + " \(active.partition) (\(active.record.code.name)): what they start is not known")
        }
    }

    private static func missing(
        _ disk: VolumeID, _ summary: String, _ symptom: String, seen: String, expected: String? = nil,
        _ scene: Scene
    ) -> BootCodeJudgement {
        failure(
            "missing", summary, symptom,
            Evidence(device: disk.rawValue, offset: 0, seen: seen, expected: expected), on: disk, scene)
    }

    // MARK: GRUB's

    // The record lies at `start`, the core where it says, both counted from the beginning of the disk.
    private static func grub(
        _ record: BootRecord, at start: UInt64, _ core: CoreImage?, _ sector: UInt64, on disk: VolumeID,
        _ boot: BootDirectory, _ volume: Volume, _ scene: Scene
    ) -> BootCodeJudgement {
        func fail(
            _ word: String, _ summary: String, _ symptom: String, offset: UInt64, seen: String,
            expected: String? = nil
        ) -> BootCodeJudgement {
            failure(
                word, summary, symptom,
                Evidence(device: disk.rawValue, offset: offset, seen: seen, expected: expected), on: disk,
                scene)
        }
        guard record.hasSignature else {
            return fail(
                "no-signature",
                start == 0 ? "the BIOS does not start it" : "its active partition is not started",
                start == 0 ? "No bootable device" : "Missing operating system", offset: start &+ 510,
                seen: "no 55 AA")
        }
        guard let core else { return .unsure("the core image of \(disk) was not read") }
        let offset = sector.multipliedReportingOverflow(by: 512).partialValue
        if let damage = core.damage {
            return fail(
                "damaged-core", "the core image is not whole", "GRUB stops after 'GRUB'", offset: offset,
                seen: damage)
        }
        if let miss = CoreAim(core, disk, boot, volume, scene).miss {
            guard miss.isCertain else { return .unsure("\(disk): \(miss.summary)") }
            return fail(
                miss.word, miss.summary, miss.symptom, offset: offset, seen: miss.seen,
                expected: miss.expected)
        }
        if let symbol = core.missingSymbols.first {
            return fail(
                "other-build", "the core image is of another build than the modules in /boot",
                "error: symbol `\(symbol)' not found.", offset: offset, seen: "no symbol \(symbol)")
        }
        if let module = core.differingModules?.first {
            return fail(
                "other-build", "the core image is of another build than the modules in /boot",
                "Welcome to GRUB!, and then an error about a pointer or a symbol, or nothing",
                offset: offset,
                seen: "its \(module) is not the one in /boot")
        }
        return .leads(core.mendedSectors.map { mended($0, core, at: offset, on: disk, scene) })
    }

    private static func mended(
        _ sectors: Int, _ core: CoreImage, at offset: UInt64, on disk: VolumeID, _ scene: Scene
    ) -> Finding {
        finding(
            "overwritten-core", .warning,
            "something wrote over the core image; its redundancy puts it right at each boot", nil,
            Evidence(
                device: disk.rawValue, offset: offset,
                seen: "\(sectors) of its \(core.sectors) sectors overwritten"), on: disk, scene)
    }

    private static func failure(
        _ word: String, _ summary: String, _ symptom: String, _ evidence: Evidence, on disk: VolumeID,
        _ scene: Scene
    ) -> BootCodeJudgement {
        .fails(finding(word, .blocker, summary, symptom, evidence, on: disk, scene))
    }

    private static func finding(
        _ word: String, _ severity: Finding.Severity, _ summary: String, _ symptom: String?,
        _ evidence: Evidence, on disk: VolumeID, _ scene: Scene
    ) -> Finding {
        Finding(
            id: "grub-install.\(word)", step: GrubInstallStep.id, severity: severity,
            summary: "\(disk): \(summary)", symptom: symptom, evidence: [evidence],
            remedies: [GrubInstallStep.install(disk, scene)])
    }
}

extension BootRecord.Code {
    /// Whose it is, for people.
    fileprivate var name: String {
        switch self {
        case .grub: "GRUB"
        case .grubLegacy: "GRUB Legacy"
        case .empty: "zeros"
        case .foreign(let name): name
        }
    }
}
