import Storage
import Surveying

/// Files that the plan was made from, and that are others now.
extension Drift {
    var filesThatChanged: [String] {
        system + boot + halves + firmware
    }

    private var system: [String] {
        let (old, new) = (then.installation, now.installation)
        guard old.machineID == new.machineID, old.release == new.release else {
            return ["the system on \(then.name(of: old.root)) is another one"]
        }
        let (texts, others) = (texts(of: old), texts(of: new))
        let changed = Set(texts.keys).union(others.keys).sorted().filter { texts[$0] != others[$0] }
        let sets = [
            ("the kernels in /lib/modules", old.kernels != new.kernels),
            ("the programs of the system", old.present != new.present),
        ]
        return changed.map { "\($0) was changed" } + sets.filter(\.1).map { "\($0.0) are others" }
    }

    private func texts(of installation: Installation) -> [String: String] {
        let files = [
            installation.fstab, installation.mdadmConf, installation.crypttab, installation.defaultGrub,
        ].compactMap(\.self)
        return files.reduce(into: installation.texts) { $0[$1.path] = $1.text }
    }

    private var boot: [String] {
        let directories = then.survey.bootDirectories.filter { volumes.contains($0.volume) }
        return directories.flatMap { old -> [String] in
            let name = then.name(of: old.volume) + (old.path.isEmpty ? "" : ", \(old.path)")
            let today = now.survey.bootDirectories.first {
                $0.volume == old.volume && $0.path == old.path && $0.subvolume == old.subvolume
            }
            guard let today else { return ["\(name): no kernels and no GRUB there any more"] }
            let parts = [
                ("kernels", old.kernels != today.kernels || old.links != today.links),
                ("initramfs images", old.images != today.images),
                ("menu entries", old.entries != today.entries),
                ("files of GRUB", old.grub != today.grub),
            ]
            return parts.filter(\.1).map { "\(name) has other \($0.0)" }
        }
    }

    // What files are copied from.
    private var halves: [String] {
        func halves(_ scene: Scene, of volume: VolumeID) -> [OtherHalf] {
            scene.survey.otherHalves.filter { $0.volume == volume }.map { half in
                var half = half
                for index in half.bootDirectories.indices { half.bootDirectories[index].free = nil }
                return half
            }
        }
        return volumes.sorted().filter { halves(then, of: $0) != halves(now, of: $0) }.map {
            "the older half of \(then.name(of: $0)) holds something else"
        }
    }

    // Options are removed by their numbers, and firmware makes new ones for the media it sees.
    private var firmware: [String] {
        let esps = then.survey.esps.filter { esp in
            isUsed(esp.volume) && esp != now.survey.esps.first { $0.volume == esp.volume }
        }
        let options = now.survey.bootManager?.options
        let changed = (then.survey.bootManager?.options ?? []).filter { option in
            options.map { !$0.contains(option) } ?? false
        }
        return esps.map { "\(then.name(of: $0.volume)) holds other loaders" }
            + changed.map { "the firmware's option \($0.name) is another one" }
    }
}
