import Storage
import Surveying

extension JSONReport {
    /// `scan --json`: the disks, what lies on them, and the installed systems.
    package static func scan(_ survey: Survey) -> JSON {
        .object([
            "schema": .integer(1),
            "disks": .array(survey.storage.disks) { disk($0, in: survey.storage) },
            "installations": .array(survey.installations) { installation($0, in: survey.storage) },
            "locked": .strings(survey.lockedContainers.map(\.name)),
            "rejected": .array(survey.rejected) {
                .object(["device": .string($0.name), "reason": .string($0.reason)])
            },
        ])
    }

    private static func disk(_ disk: Disk, in storage: StorageMap) -> JSON {
        .object([
            "device": .string(disk.id.rawValue),
            "size": .integer(disk.size),
            "sector_size": .integer(disk.sectorSize),
            "serial": .string(disk.serial),
            "table": .string(disk.table?.type),
            "failure": .string(disk.trouble),
            "volumes": .array(ScanReport.volumes(on: disk, in: storage), volume),
        ])
    }

    private static func volume(_ volume: Volume) -> JSON {
        .object([
            "name": .string(volume.name),
            "kind": .string(kind(volume.kind)),
            "size": .integer(volume.size),
            "type": .string(volume.signature?.type),
            "uuid": .string(volume.signature?.uuid),
            "label": .string(volume.signature?.label),
            "failure": .string(volume.failure ?? volume.unmapped),
        ])
    }

    private static func kind(_ kind: Volume.Kind) -> String {
        switch kind {
        case .disk: "disk"
        case .partition: "partition"
        case .array: "array"
        case .logicalVolume: "logical-volume"
        case .container: "container"
        }
    }

    private static func installation(_ installation: Installation, in storage: StorageMap) -> JSON {
        let root = storage.volume(installation.root)
        return .object([
            "name": .string(installation.release.prettyName ?? installation.release.id),
            "id": .string(installation.release.id),
            "version": .string(installation.release.versionID),
            "machine_id": .string(installation.machineID),
            "host_name": .string(installation.hostName),
            "root": .object([
                "device": .string(root?.name ?? installation.root.rawValue),
                "uuid": .string(root?.signature?.uuid),
                "subvolume": .string(installation.subvolume),
            ]),
            "disks": .strings(storage.disks(under: installation.root).map(\.rawValue)),
            "kernels": .strings(installation.kernels),
        ])
    }
}
