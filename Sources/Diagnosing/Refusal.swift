import Storage
import Surveying

extension Scene {
    /// Why the system must not be opened for writing, each with the way out; empty where nothing speaks against it.
    package var reasonsNotToWrite: [String] { Refusal.reasons(self) }
}

/// Where writing could destroy data: the reason and the way out, instead of a plan.
enum Refusal {
    static func reasons(_ scene: Scene) -> [String] {
        hibernated(scene) + splitBrain(scene) + duplicates(scene) + sameNames(scene)
    }

    // Anything written now is overwritten by what the resumed kernel remembers (kernel/power/swap.c).
    private static func hibernated(_ scene: Scene) -> [String] {
        scene.storage.volumes.filter { $0.signature?.type == "swsuspend" }.map {
            "\($0.name) holds a hibernated system: resume it, or discard the image with 'mkswap -U \($0.signature?.uuid ?? "UUID") \($0.name)'"
        }
    }

    private static func splitBrain(_ scene: Scene) -> [String] {
        used(scene).filter { volume in
            !volume.copies.isEmpty && volume.copies.allSatisfy { $0.currency != .current }
        }.map { volume in
            let reason = volume.copies.compactMap(\.reason).first ?? "no copy is known to be current"
            return "\(volume.name): \(reason); unplug the half that is out of date and start again"
        }
    }

    private static func duplicates(_ scene: Scene) -> [String] {
        scene.storage.groups.flatMap(\.physicalVolumes).filter { !$0.duplicates.isEmpty }.map { volume in
            let others = ([volume.device].compactMap { $0 } + volume.duplicates).map(\.rawValue).joined(
                separator: ", ")
            return
                "the PV \(volume.uuid) is on several devices (\(others)): unplug the copy, or give it new ids with vgimportclone"
        }
    }

    private static func sameNames(_ scene: Scene) -> [String] {
        let names = scene.storage.groups.map(\.name)
        return Set(names.filter { name in names.filter { $0 == name }.count > 1 }).sorted().map {
            "two volume groups are called \($0): rename one by its UUID with vgrename"
        }
    }

    private static func used(_ scene: Scene) -> [Volume] {
        [scene.rootVolume, scene.bootVolume].compactMap { $0 }
    }
}
