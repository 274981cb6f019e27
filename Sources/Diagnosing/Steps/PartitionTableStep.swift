import BootFiles
import Changes
import Storage
import Surveying

/// The partition table: every disk of the mirror has one that can hold its part.
enum PartitionTableStep: MigrationStep {
    static let id = StepID.partitionTable

    static func examine(_ scene: Scene) -> Examination {
        let mirror = IntendedMirror(scene)
        guard mirror.isIntended else { return Examination(.notApplicable, reason: "no mirror was intended") }
        var findings = mirror.replacements.compactMap { replacement($0, mirror) }
        findings += tooSmall(mirror, scene)
        if !scene.isUEFI {
            let disks = GrubInstallStep.disksWithBoot(scene).compactMap(scene.storage.disk)
            findings += (disks + mirror.replacements).compactMap { embedding(on: $0, scene) }
        }
        findings += sameID(mirror)
        let wrong = findings.filter { $0.severity != .note }
        guard !wrong.isEmpty else {
            return Examination(.done, reason: proof(mirror, scene), findings: findings)
        }
        let neverDone = wrong.allSatisfy {
            ["missing", "no-bios-boot"].map { "\(id.rawValue).\($0)" }.contains($0.id)
        }
        return Examination(neverDone ? .skipped : .stale, findings: findings)
    }

    private static func proof(_ mirror: IntendedMirror, _ scene: Scene) -> String {
        let room = scene.isUEFI ? "" : ", and room for GRUB"
        return "partitions on \(scene.names(mirror.disks.map(\.id))) that hold the mirror's parts" + room
    }

    // Writing a table puts whatever lies on the disk at stake: it is shown and left to the person.
    static func redo(_ scene: Scene) -> [Remedy] { examine(scene).findings.flatMap(\.remedies) }

    private static func finding(
        _ word: String, severity: Finding.Severity = .warning, _ summary: String, symptom: String? = nil,
        _ evidence: [Evidence], _ remedy: Remedy? = nil
    ) -> Finding {
        Finding(
            id: "\(id.rawValue).\(word)", step: id, severity: severity, summary: summary, symptom: symptom,
            evidence: evidence, remedies: remedy.map { [$0] } ?? [])
    }

    // MARK: a disk that took another's place

    private static func replacement(_ disk: Disk, _ mirror: IntendedMirror) -> Finding? {
        let model = mirror.model
        guard let table = disk.table else {
            let title = "Copy the partition table to \(disk.id)"
            return finding(
                "missing", "\(disk.id) is empty, and a part of the mirror is gone",
                [Evidence(device: disk.id.rawValue, offset: 0, seen: "no partition table")],
                model.map {
                    .byHand(
                        id, title: title, lines: copying($0, to: disk.id),
                        why: "what is on \(disk.id) is lost by it; then start bootmend again")
                })
        }
        let needs = mirror.lacks
        let sizes = table.partitions.filter { !$0.isForBootCode }.map(\.size).sorted(by: >)
        // The largest need gets the largest partition.
        let short = zip(needs, sizes + Array(repeating: 0, count: needs.count)).first { $0.0.size > $0.1 }
        guard let short else { return nil }
        return finding(
            "too-small", "\(disk.id) has no partition that can hold \(short.0.name)",
            [
                Evidence(
                    device: disk.id.rawValue, seen: "the largest that is left has \(short.1) bytes",
                    expected: "\(short.0.size) bytes")
            ],
            model.map {
                .byHand(
                    id, title: "Give \(disk.id) partitions as large as those of \($0.id)",
                    lines: copying($0, to: disk.id),
                    why: "what is on \(disk.id) is lost by it; then start bootmend again")
            })
    }

    // A copy with the same ids is two disks of one name to GRUB, udev and LVM: the new one gets ids of its own.
    private static func copying(_ model: Disk, to disk: VolumeID) -> [String] {
        model.table?.type == "gpt"
            ? ["sgdisk -R \(disk) \(model.id)", "sgdisk -G \(disk)"]
            : ["sfdisk -d \(model.id) | sed /^label-id:/d | sfdisk \(disk)"]
    }

    // MARK: what has become too small

    private static func tooSmall(_ mirror: IntendedMirror, _ scene: Scene) -> [Finding] {
        let members = mirror.arrays.flatMap { use in
            use.array.members.map { (device: $0.device, name: use.device, size: use.array.memberSize) }
        }
        let physical = mirror.groups.flatMap { group in
            group.physicalVolumes.compactMap { physical in
                physical.device.map { (device: $0, name: group.name, size: group.size(of: physical)) }
            }
        }
        return (members + physical).compactMap { part in
            guard let volume = scene.storage.volume(part.device), volume.kind == .partition,
                volume.size < part.size
            else { return nil }
            return finding(
                "too-small", "\(volume.name) is smaller than its part of \(part.name)",
                symptom: "attempt to access beyond end of device",
                [
                    Evidence(
                        device: volume.name, seen: "\(volume.size) bytes", expected: "\(part.size) bytes")
                ],
                .byHand(
                    id, title: "Give \(volume.name) its size back",
                    lines: scene.storage.disks(under: part.device).map { "sfdisk -d \($0)" },
                    why: "the table was changed after the mirror was made; its end has to be put back"))
        }
    }

    // MARK: room for GRUB

    /// What keeps GRUB's core image from having a place on the disk.
    static func embedding(on disk: Disk, _ scene: Scene) -> Finding? {
        guard let code = scene.survey.diskBoots.first(where: { $0.disk == disk.id }) else { return nil }
        guard let table = disk.table else { return noTable(disk, scene) }
        // What lies there fits.
        if case .grub = code.record?.code, let core = code.core, core.damage == nil { return nil }
        if table.type == "gpt" && code.area == nil { return noBIOSBoot(disk, table) }
        if table.type == "gpt", let area = code.area, let taken = takenBIOSBoot(at: area, table, scene) {
            return taken
        }
        let length = code.area?.length ?? 0
        let core = scene.survey.diskBoots.compactMap(\.core?.sectors).max().map {
            UInt64(UInt32(clamping: $0)) * 512
        }
        let place = table.type == "gpt" ? "the BIOS boot partition" : "the gap before the first partition"
        if let core, length < core {
            return finding(
                "no-embedding-room", "\(disk.id): \(place) is too small for GRUB's core image",
                symptom: "grub-install: error: will not proceed with blocklists",
                [
                    Evidence(
                        device: disk.id.rawValue, offset: 512, seen: "\(length) bytes",
                        expected: "\(core) bytes")
                ],
                .byHand(
                    id, title: "Make room for GRUB on \(disk.id)", lines: ["sfdisk -d \(disk.id)"],
                    why: "its first partition has to begin at 1 MiB; what is on it is lost by it"))
        }
        // Of a disk that never had a core nothing is known for certain; 1 MiB is what every tool leaves today.
        guard core == nil, length < 1900 * 512 else { return nil }
        return finding(
            "no-embedding-room", severity: .note,
            "\(disk.id): \(place) may be too small for GRUB's core image",
            [
                Evidence(
                    device: disk.id.rawValue, offset: 512, seen: "\(length) bytes", expected: "about 1 MiB")
            ])
    }

    // What has the whole disk has the sectors in which boot code would lie.
    private static func noTable(_ disk: Disk, _ scene: Scene) -> Finding? {
        guard let type = scene.storage.volume(disk.id)?.signature?.type else { return nil }
        return finding(
            "no-table", "\(disk.id) has no partition table, so GRUB cannot be installed on it",
            symptom: "grub-install: error: will not proceed with blocklists",
            [Evidence(device: disk.id.rawValue, offset: 0, seen: type, expected: "a partition table")],
            .byHand(
                id, title: "Give \(disk.id) a partition table", lines: ["wipefs --no-act \(disk.id)"],
                why: "it has to leave the mirror for that and be added again; what is on it is lost by it"))
    }

    private static func takenBIOSBoot(
        at area: DiskBoot.Area, _ table: PartitionTable, _ scene: Scene
    ) -> Finding? {
        guard let partition = table.partitions.first(where: { $0.start == area.start }),
            let volume = scene.storage.volume(partition.id), let type = volume.signature?.type
        else { return nil }
        return finding(
            "bios-boot-in-use", "\(volume.name) is to hold GRUB's core image and holds something else",
            [Evidence(device: volume.name, seen: type, expected: "nothing but a core image")],
            .byHand(
                id, title: "Empty \(volume.name), or make another BIOS boot partition",
                lines: ["wipefs --no-act \(volume.name)"],
                why: "installing GRUB would overwrite what is there; whether that is wanted only you know"))
    }

    private static func noBIOSBoot(_ disk: Disk, _ table: PartitionTable) -> Finding {
        let first = table.partitions.map(\.start).min() ?? .max
        // The entries of a GPT end with sector 33.
        let isFree = first >= 1 << 20 && disk.sectorSize == 512
        return finding(
            "no-bios-boot", "\(disk.id) has no BIOS boot partition, so GRUB cannot be installed on it",
            symptom: "this GPT partition label contains no BIOS Boot Partition; embedding won't be possible",
            [Evidence(device: disk.id.rawValue, seen: "no partition of type 21686148-…", expected: "one")],
            .byHand(
                id, title: "Make a BIOS boot partition on \(disk.id)",
                lines: isFree
                    ? ["sgdisk -a 1 -n 0:34:2047 -t 0:ef02 \(disk.id)"]
                    : ["sgdisk -p \(disk.id)", "sgdisk -n 0:0:+1M -t 0:ef02 \(disk.id)"],
                why: isFree
                    ? "the room before its first partition is free; then start bootmend again"
                    : "room for it has to be made first; then start bootmend again"))
    }

    // A raw copy: PARTUUIDs name two partitions each, and which one answers is chance.
    private static func sameID(_ mirror: IntendedMirror) -> [Finding] {
        let named = mirror.disks.compactMap { disk in disk.table?.uuid.map { (disk.id, $0) } }
        return Dictionary(grouping: named, by: \.1).sorted { $0.key < $1.key }.filter { $0.value.count > 1 }
            .map {
                uuid, disks in
                finding(
                    "same-id", severity: .note,
                    "\(disks.map(\.0.rawValue).joined(separator: " and ")) have one and the same id",
                    disks.map { Evidence(device: $0.0.rawValue, seen: uuid, expected: "an id of its own") })
            }
    }
}
