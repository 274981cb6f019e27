import Changes
import Storage
import Surveying

/// Disks that are not what they look like, or that fail.
extension Scene {
    // libblkid's types for what a controller's firmware or dm-multipath makes one disk of.
    private static let foreign = [
        "isw_raid_member": "Intel's firmware", "ddf_raid_member": "a DDF controller",
        "mpath_member": "dm-multipath", "lsi_mega_raid_member": "LSI's firmware",
        "nvidia_raid_member": "NVIDIA's firmware", "promise_fasttrack_raid_member": "Promise's firmware",
        "silicon_medley_raid_member": "Silicon Image's firmware", "via_raid_member": "VIA's firmware",
        "jmicron_raid_member": "JMicron's firmware", "adaptec_raid_member": "Adaptec's firmware",
        "highpoint_raid_member": "HighPoint's firmware",
    ]

    /// What is written to one half behind the back of whoever mirrors it makes the halves differ.
    var foreignRaids: [PlanRefusal] {
        neededDisks.compactMap { disk in
            guard let type = storage.volume(disk.id)?.signature?.type, let owner = Self.foreign[type] else {
                return nil
            }
            return PlanRefusal(
                .foreignRaid, "\(disk.id) is a part of what \(owner) makes of several disks (\(type))",
                wayOut: type == "mpath_member"
                    ? "start multipathd, and start again"
                    : "assemble it with 'mdadm --assemble --scan' or 'dmraid -ay', and start again")
        }
    }

    /// LVM and mdadm take each path for a disk of its own.
    var multipaths: [PlanRefusal] {
        neededDisks.compactMap { disk in
            guard let others = disk.otherPaths, !others.isEmpty else { return nil }
            let paths = ([disk.id.rawValue] + others).joined(separator: ", ")
            return PlanRefusal(
                .multipath, "\(paths) are paths to one and the same disk",
                wayOut: "start multipathd, and start again")
        }
    }

    var readOnlyDisks: [PlanRefusal] {
        neededDisks.filter { $0.isReadOnly == true }.map { disk in
            PlanRefusal(
                .readOnlyDisk, "\(disk.id) takes no writes",
                wayOut: "switch its write protection off, or: blockdev --setrw \(disk.id)")
        }
    }

    /// Nothing is written to a disk that errs or hangs.
    var unreadDisks: [PlanRefusal] {
        UnreadDisks(self).disks.compactMap(storage.disk).compactMap { disk in
            disk.failure.map {
                PlanRefusal(
                    .unreadDisk, "\(disk.id), which may hold a part of the system, fails: \($0)",
                    wayOut:
                        "take it away and start again: echo 1 >/sys/block/\(disk.id.rawValue.dropFirst("/dev/".count))/device/delete"
                )
            }
        }
    }
}
