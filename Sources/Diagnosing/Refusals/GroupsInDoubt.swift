import Changes
import Storage
import Surveying

/// Volume groups that LVM would confuse, or that are not this machine's to open.
extension Scene {
    var groupsOfOneName: [PlanRefusal] {
        let own = neededGroups
        return Set(own.map(\.name)).sorted().compactMap { name in
            let others = storage.groups.filter { group in
                group.name == name && !own.contains { $0.id == group.id }
            }
            guard let other = others.first else { return nil }
            return PlanRefusal(
                .sameNameGroup, "two volume groups are called \(name)",
                wayOut:
                    "rename the one that is not this system's: vgrename \(other.id) \(name)-other")
        }
    }

    var duplicatePhysicalVolumes: [PlanRefusal] {
        neededGroups.flatMap(\.physicalVolumes).filter { !$0.duplicates.isEmpty }.map { volume in
            let devices = [volume.device].compactMap(\.self) + volume.duplicates
            return PlanRefusal(
                .duplicatePV,
                "the PV \(volume.uuid) is on several devices (\(devices.map(\.rawValue).joined(separator: ", ")))",
                wayOut: "unplug the copy, or give it new ids with vgimportclone")
        }
    }

    /// lvmsystemid(7), lvmlockd(8), vgexport(8): what another machine may have open is not opened beside it.
    var groupsOfOthers: [PlanRefusal] {
        neededGroups.compactMap { group in
            if group.flags.contains("EXPORTED") {
                return PlanRefusal(
                    .exportedGroup, "the volume group \(group.name) is exported",
                    wayOut: "vgimport \(group.name)")
            }
            guard let lock = group.lockType, lock != "none" else { return nil }
            return PlanRefusal(
                .sharedGroup,
                "the volume group \(group.name) is shared between machines (\(lock)), and another may have it open",
                wayOut: "stop the others, then: vgchange --lock-type none --lock-opt force \(group.name)")
        }
    }

    /// Extents are on their way from one physical volume to another; LVM goes on with it as soon as the group is active.
    var unfinishedMoves: [PlanRefusal] {
        neededGroups.filter { group in
            group.logicalVolumes.contains { $0.flags.contains("PVMOVE") }
        }.map { group in
            PlanRefusal(
                .pvmove, "a pvmove in \(group.name) was cut short",
                wayOut:
                    "vgchange -ay \(group.name), then 'pvmove' to finish it, or 'pvmove --abort' to take it back"
            )
        }
    }
}
