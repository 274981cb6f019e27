import BootFiles
import Bytes
import Storage
import Surveying

/// Where a core image looks for /boot, and whether the present /boot is there and can be read from it.
struct CoreAim {
    /// Why it does not get there, or may not.
    struct Miss {
        var word: String
        var summary: String
        var symptom: String
        var seen: String
        var expected: String?
        /// False where what lies on the disks does not tell: it may get there all the same.
        var isCertain = true
    }

    let miss: Miss?

    init(_ core: CoreImage, _ disk: VolumeID, _ boot: BootDirectory, _ volume: Volume, _ scene: Scene) {
        miss = Self.aim(core, disk, boot, volume, scene) ?? Self.reading(core, disk, boot, volume, scene)
    }

    static func aim(
        _ core: CoreImage, _ disk: VolumeID, _ boot: BootDirectory, _ volume: Volume, _ scene: Scene
    ) -> Miss? {
        let seen = core.prefix ?? "no prefix"
        let expected = scene.storage.array(volume.id).map {
            "(mduuid/\($0.uuid.hexDigits))" + prefixPath(core, boot, scene)
        }
        func stale(_ summary: String, _ symptom: String, seen: String) -> Miss {
            Miss(word: "stale-prefix", summary: summary, symptom: symptom, seen: seen, expected: expected)
        }
        func unsure(_ place: String) -> Miss {
            var miss = stale(
                "the core image looks for /boot by '\(place)', and where that leads is not known",
                "the prompt 'grub rescue>'", seen: place)
            miss.isCertain = false
            return miss
        }
        switch core.target {
        case .array(let uuid):
            guard scene.storage.array(volume.id)?.uuid.hexDigits == uuid.hexDigits else {
                return stale(
                    "the core image looks for /boot on an array that is not it",
                    "error: disk `mduuid/\(uuid)' not found.",
                    seen: seen)
            }
        case .filesystem(let uuid):
            guard volume.signature?.uuid?.lowercased() == uuid.lowercased() else {
                return stale(
                    "the core image searches for a filesystem that is not /boot",
                    "error: no such device: \(uuid).",
                    seen: "search.fs_uuid \(uuid)")
            }
        case .label(let label):
            let others = scene.storage.volumes(label: label).filter { $0.id != volume.id }
            let isBoot = volume.signature?.label == label
            // GRUB takes the first that it comes upon.
            if isBoot, !others.isEmpty { return unsure("search.fs_label \(label)") }
            guard isBoot else {
                return stale(
                    "the core image searches for a filesystem that is not /boot",
                    others.isEmpty
                        ? "error: no such device: \(label)."
                        : "an error of GRUB's about a file, then the prompt 'grub rescue>'",
                    seen: "search.fs_label \(label)")
            }
        case .partition(_, let number), .drive(0, _, let number):
            let partition = scene.storage.disk(disk)?.table?.partitions.first { $0.number == number }
            guard let partition else {
                return stale(
                    "the core image looks for /boot on a partition that is gone", "error: no such partition.",
                    seen: seen)
            }
            guard holds(partition.id, volume, scene) else {
                return stale(
                    "the core image looks for /boot on \(partition.id), which is not it",
                    "an error of GRUB's about the filesystem there, then the prompt 'grub rescue>'",
                    seen: seen)
            }
        case .logicalVolume(let group, let name):
            let found = scene.storage.logicalVolume(volume.id)
            guard let found, found.group.id == group, found.volume.id == name else {
                return stale(
                    "the core image looks for /boot on a logical volume that is not it",
                    "error: disk `lvmid/\(group)/\(name)' not found.", seen: seen)
            }
        case .container(let uuid):
            guard scene.storage.volume(holding: volume.id)?.signature?.uuid?.hexDigits == uuid else {
                return stale(
                    "the core image looks for /boot in an encrypted volume that is not it",
                    "error: disk `cryptouuid/\(uuid)' not found.", seen: seen)
            }
        case .drive(let drive, let scheme, let number): return unsure("(hd\(drive),\(scheme)\(number))")
        case .other(let text): return unsure(text)
        case nil:
            return stale("the core image names no place for /boot", "the prompt 'grub rescue>'", seen: seen)
        }
        return nil
    }

    // The partition is /boot itself, or a raid1 member whose data begins where the partition does (metadata 1.0 and
    // 0.90): GRUB then reads the member as if there were no array.
    private static func holds(_ partition: VolumeID, _ volume: Volume, _ scene: Scene) -> Bool {
        if partition == volume.id { return true }
        return scene.storage.array(volume.id)?.members.contains {
            $0.device == partition && $0.superblock.dataOffset == 0
        } ?? false
    }

    private static func reading(
        _ core: CoreImage, _ disk: VolumeID, _ boot: BootDirectory, _ volume: Volume, _ scene: Scene
    ) -> Miss? {
        let path = prefixPath(core, boot, scene)
        if let directory = core.directory, directory != path {
            return Miss(
                word: "stale-prefix", summary: "the core image looks for its modules in another directory",
                symptom: "error: file `\(directory)/i386-pc/normal.mod' not found.", seen: directory,
                expected: path)
        }
        let missing =
            (neededModules(core, volume, scene) + [ownTable(disk, volume, scene)].compactMap(\.self))
            .filter { !core.modules.contains($0) }
        if let module = missing.first {
            return Miss(
                word: "module-missing", summary: "the core image cannot read /boot: it has no \(module)",
                symptom: "error: unknown filesystem.", seen: core.modules.joined(separator: " "),
                expected: module)
        }
        guard boot.grub?.hasModules ?? false else {
            return Miss(
                word: "no-modules", summary: "/boot has no GRUB modules for this core image",
                symptom: "error: file `\(path)/i386-pc/normal.mod' not found.",
                seen: "no \(path)/i386-pc/normal.mod")
        }
        return nil
    }

    /// GRUB's module for a disk's partition table (GRUB, grub-core/partmap).
    static func tableModule(of disk: VolumeID, _ scene: Scene) -> String? {
        switch scene.storage.disk(disk)?.table?.type {
        case "gpt": "part_gpt"
        case "dos": "part_msdos"
        default: nil
        }
    }

    // Without it there are no partitions, and so nothing of /boot on the disk that it was started from.
    private static func ownTable(_ disk: VolumeID, _ volume: Volume, _ scene: Scene) -> String? {
        let isOnPartition = scene.storage.volume(volume.id)?.copies.contains { copy in
            copy.pieces.contains { $0.disk == disk && $0.offset > 0 }
        }
        return isOnPartition == true ? tableModule(of: disk, scene) : nil
    }

    private static func neededModules(_ core: CoreImage, _ volume: Volume, _ scene: Scene) -> [String] {
        let stack = StorageStack(under: volume.id, in: scene.storage)
        // What lies at the beginning of a member is seen without the array, in a partition's place.
        let isSeen =
            switch core.target {
            case .partition, .drive: true
            default: false
            }
        let arrays = stack.arrays.filter { array in
            core.target == .array(array.uuid.hexDigits)
                || !isSeen && array.members.contains { $0.superblock.dataOffset > 0 }
        }
        var needed = arrays.map { $0.version == "0.90" ? "mdraid09" : "mdraid1x" }
        if !isSeen && !stack.logicalVolumes.isEmpty { needed.append("lvm") }
        if !isSeen && !stack.containers.isEmpty { needed.append("cryptodisk") }
        switch volume.signature?.type {
        case "xfs": needed.append("xfs")
        case "ext2", "ext3", "ext4": needed.append("ext2")
        case "btrfs": needed.append("btrfs")
        default: break
        }
        return needed
    }

    /// `/grub2` on a filesystem that is /boot, `/boot/grub2` on one that has it as a directory, `/@/boot/grub2` in a
    /// subvolume.
    static func prefixPath(_ core: CoreImage, _ boot: BootDirectory, _ scene: Scene) -> String {
        let usual = String(scene.distribution.grubDirectory.dropFirst("/boot/".count))
        return boot.grubPath(isRelative: core.isRelative) + "/" + (boot.grub?.directory ?? usual)
    }
}
