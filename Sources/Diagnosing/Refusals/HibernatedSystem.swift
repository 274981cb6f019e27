import Changes
import Storage
import Surveying

extension Scene {
    /// Anything written now is overwritten by what the resumed kernel remembers (kernel/power/swap.c).
    var hibernatedSystems: [PlanRefusal] {
        let own = Set(
            fstab.filter(\.isSwap).flatMap { volumes(named: $0.source) }.map(\.id)
                + (started.commandLine?.value(of: "resume").map { volumes(named: $0).map(\.id) } ?? []))
        let disks = Set(neededDisks.map(\.id))
        return storage.volumes.compactMap { volume in
            guard let signature = volume.signature, signature.type == "swsuspend" else { return nil }
            let isOwn = own.contains(volume.id)
            // Another system's on the same disks may have mounted what is to be written.
            guard isOwn || !disks.isDisjoint(with: storage.disks(under: volume.id)) else { return nil }
            return PlanRefusal(
                .hibernated,
                "\(volume.name) holds a hibernated system" + (isOwn ? "" : ", which need not be this one"),
                wayOut:
                    "resume it, or discard the image with 'mkswap -U \(signature.uuid ?? "UUID") \(volume.name)'",
                isForcible: !isOwn)
        }
    }
}
