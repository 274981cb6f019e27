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
        return hibernatedFiles(on: disks)
            + storage.volumes.compactMap { volume -> PlanRefusal? in
                guard let signature = volume.signature, signature.type == "swsuspend" else { return nil }
                let isOwn = own.contains(volume.id)
                // Another system's on the same disks may have mounted what is to be written.
                guard isOwn || !disks.isDisjoint(with: storage.disks(under: volume.id)) else { return nil }
                return PlanRefusal(
                    .hibernated,
                    "\(volume.name) holds a hibernated system"
                        + (isOwn ? "" : ", which need not be this one"),
                    wayOut:
                        "resume it, or discard the image with 'mkswap -U \(signature.uuid ?? "UUID") \(volume.name)'",
                    isForcible: !isOwn)
            }
    }

    private func hibernatedFiles(on disks: Set<VolumeID>) -> [PlanRefusal] {
        let own = (installation.hibernatedFiles ?? []).map { "its swap file \($0)" }
        let named = (survey.hibernatedFiles ?? []).filter {
            // Its own is named by its path already.
            (own.isEmpty || $0.volume != installation.root)
                && !disks.isDisjoint(with: storage.disks(under: $0.volume))
        }
        return (own + named.map { "a swap file on \(name(of: $0.volume))" }).map { file in
            PlanRefusal(
                .hibernated, "\(file) holds a hibernated system",
                wayOut:
                    "resume it; or make the file anew with mkswap where nothing that it remembers is wanted")
        }
    }
}
