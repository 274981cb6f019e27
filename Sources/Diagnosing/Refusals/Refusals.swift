import Changes
import Storage
import Surveying

extension Scene {
    /// Why the system must not be opened for writing; empty where nothing speaks against it, or what does was forced.
    package func refusals(forced: Set<PlanRefusal.Reason> = []) -> [PlanRefusal] {
        let all = [
            hibernatedSystems, runsCutShort, mirrorsInDoubt, reshapes, groupsOfOneName,
            duplicatePhysicalVolumes, groupsOfOthers, unfinishedMoves, reencryptions, foreignRaids,
            multipaths,
            mountedMembers, swapInUse, readOnlyDisks, unreadDisks,
            readOnlyRoot,
        ]
        return all.flatMap(\.self).filter { !$0.isForcible || !forced.contains($0.reason) }
    }

    /// What is opened for writing: without these there is nothing to mend.
    var neededVolumes: [Volume] {
        [rootVolume, bootVolume].compactMap(\.self).once
    }

    var neededStacks: [StorageStack] { neededVolumes.map { StorageStack(under: $0.id, in: storage) } }

    /// The arrays under them, each once.
    var neededArrays: [MDArray] {
        neededStacks.flatMap(\.arrays).once
    }

    /// The volume groups that they are in, each once.
    var neededGroups: [VolumeGroup] {
        neededStacks.flatMap(\.logicalVolumes).map(\.group).once
    }

    /// The disks that hold a part of them.
    var neededDisks: [Disk] {
        let ids = Set(neededVolumes.flatMap { storage.disks(under: $0.id) })
        return storage.disks.filter { ids.contains($0.id) }
    }
}
