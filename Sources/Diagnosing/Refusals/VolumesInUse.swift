import Changes
import Storage
import Surveying

/// What the rescue system has begun to use, and what is in the middle of being made over.
extension Scene {
    /// A half that is mounted by itself is written to behind the other's back.
    var mountedMembers: [PlanRefusal] {
        let arrays = neededArrays
        return (survey.inUse ?? []).compactMap { use in
            guard let target = use.target,
                let array = arrays.first(where: { $0.members.contains { $0.device == use.volume } })
            else { return nil }
            return PlanRefusal(
                .memberMounted,
                "\(name(of: use.volume)), a half of \(name(of: array.id)), is mounted on \(target) by itself",
                wayOut: "umount \(target)")
        }
    }

    /// Rescue systems look for swap, and take what they find. The running system's own is its own.
    var swapInUse: [PlanRefusal] {
        guard !installation.runsHere else { return [] }
        let own = Set(fstab.filter(\.isSwap).flatMap { volumes(named: $0.source) }.map(\.id))
        return (survey.inUse ?? []).filter { $0.target == nil && own.contains($0.volume) }.map { use in
            PlanRefusal(
                .swapInUse, "the rescue system swaps to \(name(of: use.volume))",
                wayOut: "swapoff \(storage.volume(use.volume)?.node ?? name(of: use.volume))")
        }
    }

    /// What is changed belongs into a new snapshot, which the system's own tools make (transactional-update(8)).
    var readOnlyRoot: [PlanRefusal] {
        guard installation.isReadOnly == true else { return [] }
        let path = installation.subvolume ?? "/"
        return [
            PlanRefusal(
                .readOnlyRoot, "its root, the subvolume \(path), is a snapshot that takes no writes",
                wayOut:
                    "boot an older snapshot from GRUB's menu, or make it writable: btrfs property set -ts DIR/\(path) ro false"
            )
        ]
    }

    /// Until it is through, a part of the container has one key and the rest another (cryptsetup-reencrypt(8)).
    var reencryptions: [PlanRefusal] {
        let containers = neededStacks.flatMap(\.containers)
        return storage.volumes.filter { volume in
            volume.signature?.isBeingReencrypted == true
                && containers.contains { $0.rawValue == "luks:" + (volume.signature?.uuid ?? "") }
        }.map { volume in
            PlanRefusal(
                .reencryption, "the reencryption of \(volume.name) is not at its end",
                wayOut: "cryptsetup reencrypt --resume-only \(volume.name)")
        }
    }
}
