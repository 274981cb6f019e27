import Changes
import Storage
import Surveying

/// Disks that are not what they look like, or that fail.
extension Scene {
    // libblkid's types for what a controller's firmware makes one disk of.
    private static let foreign = [
        "isw_raid_member": "Intel's firmware", "ddf_raid_member": "a DDF controller",
        "lsi_mega_raid_member": "LSI's firmware",
        "nvidia_raid_member": "NVIDIA's firmware", "promise_fasttrack_raid_member": "Promise's firmware",
        "silicon_medley_raid_member": "Silicon Image's firmware", "via_raid_member": "VIA's firmware",
        "jmicron_raid_member": "JMicron's firmware", "adaptec_raid_member": "Adaptec's firmware",
        "highpoint_raid_member": "HighPoint's firmware",
    ]

    /// What is written to one half behind the back of whoever mirrors it makes the halves differ. Disks keep such marks when
    /// they leave their controller: only the person knows whether it is still at work.
    var foreignRaids: [PlanRefusal] {
        neededDisks.compactMap { disk in
            guard let type = storage.volume(disk.id)?.signature?.type, let owner = Self.foreign[type] else {
                return nil
            }
            return PlanRefusal(
                .foreignRaid,
                "\(disk.id) is marked as a part of what \(owner) makes of several disks (\(type))",
                wayOut:
                    "where the mark is left over from another life: --force foreign-raid, or remove it with wipefs; where it is true, bootmend cannot write to it",
                isForcible: true)
        }
    }

    /// LVM and mdadm take each path for a disk of its own, and what is written beneath a map of multipathd's goes past it.
    var multipaths: [PlanRefusal] {
        neededDisks.compactMap { disk in
            guard let others = disk.otherPaths, !others.isEmpty else { return nil }
            let paths = ([disk.id.rawValue] + others).joined(separator: ", ")
            return PlanRefusal(
                .multipath, "\(paths) are paths to one and the same disk",
                wayOut: "leave one of them: " + others.map(Self.removal).joined(separator: "; "))
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
        let needed = Set(neededDisks.map(\.id))
        let concerned = needed.union(UnreadDisks(self).disks)
        return storage.disks.filter { concerned.contains($0.id) }.compactMap { disk in
            disk.trouble.map {
                PlanRefusal(
                    .unreadDisk, "\(disk.id), which may hold a part of the system, fails: \($0)",
                    wayOut: "take it away and start again: " + Self.removal(disk.id.rawValue),
                    // The person may know that one holds no part of it, or that nothing hangs on the sectors that fail.
                    isForcible: !needed.contains(disk.id) || disk.failure == nil)
            }
        }
    }

    /// How a disk is taken away from the kernel; only SCSI's has a switch for that (Documentation/scsi/scsi_mid_low_api.rst).
    private static func removal(_ node: String) -> String {
        let name = node.dropFirst("/dev/".count)
        return name.hasPrefix("sd") ? "echo 1 >/sys/block/\(name)/device/delete" : "pull \(node) out"
    }
}
