import BootFiles
import Bytes
import Storage

extension StorageMap {
    /// Every name by which a text may mean something on these disks, each once: that of an array is its members' too,
    /// and the array's first. mdadm.conf gives arrays names that their superblocks do not have.
    func deviceNames(_ conf: MdadmConf) -> [DeviceName] {
        let physical = groups.flatMap(\.physicalVolumes) + strayPhysicalVolumes
        var names = arrays.flatMap { naming($0, conf) }
        names += groups.flatMap { naming($0) }
        names += physical.flatMap { naming($0) }
        names += disks.flatMap { naming($0) }
        names += disks.flatMap { $0.table?.partitions ?? [] }.flatMap { naming($0) }
        names += volumes.flatMap { naming($0) }
        var known: Set<String> = []
        return names.filter { known.insert($0.key).inserted }
    }

    // MARK: arrays

    private func naming(_ array: MDArray, _ conf: MdadmConf) -> [DeviceName] {
        let was = "the array \(volume(array.id)?.name ?? array.usualName)"
        let digits = array.uuid.hexDigits
        var paths = conf.arrays(withUUID: array.uuid).compactMap(\.device)
        paths += [array.node, array.usualName].compactMap(\.self)
        paths += [array.shortName, array.minor.map { "\($0)" }].compactMap(\.self).map { "/dev/md/" + $0 }
        let spelled = paths.flatMap { Self.spellings($0) }
        // mdadm's own form, GRUB's without the colons, and libblkid's of the members with dashes.
        var names = DeviceName.all(.identifier, [array.uuid, digits, Self.dashed(digits)], was, array.id)
        names += DeviceName.all(.path, spelled, was, array.id)
        guard let name = array.name else { return names }
        names += DeviceName.all(.path, ["/dev/disk/by-id/md-name-\(name)"], was, array.id)
        names += DeviceName.all(.word, ["name=\(name)"], was, array.id)
        return names
    }

    // `/dev/md0` and `/dev/md/0` are one name (mdadm(8), "DEVICE NAMES"), which GRUB calls `md/0` (disk/diskfilter.c).
    private static func spellings(_ path: String) -> [String] {
        guard isArrayName(path) else { return [path] }
        let name = String(path.dropFirst(path.hasPrefix("/dev/md/") ? 8 : 7))
        let isNumber = !name.isEmpty && name.allSatisfy { $0.isASCII && $0.isNumber }
        return [path, "md/" + name] + (isNumber ? ["/dev/md" + name, "/dev/md/" + name] : [])
    }

    private static func dashed(_ digits: String) -> String? {
        let bytes = Array(digits)
        guard bytes.count == 32 else { return nil }
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(bytes[$0]) }.joined(separator: "-")
    }

    // MARK: LVM

    private func naming(_ group: VolumeGroup) -> [DeviceName] {
        let was = "the volume group \(group.name)"
        let place = group.physicalVolumes.compactMap(\.device).first
        // dracut's words, and what they were called in RHEL 6 (dracut.cmdline(7)).
        var names = DeviceName.all(.identifier, [group.id], was, place)
        names += DeviceName.all(.word, ["rd.lvm.vg=\(group.name)", "rd_LVM_VG=\(group.name)"], was, place)
        names += DeviceName.all(.listed, ["\"\(group.name)\""], was, place)
        return names + group.logicalVolumes.filter(\.isVisible).flatMap { naming($0, in: group) }
    }

    private func naming(_ logical: LogicalVolume, in group: VolumeGroup) -> [DeviceName] {
        let paths = LogicalVolumeName(group: group.name, volume: logical.name)
        let short = "\(group.name)/\(logical.name)"
        let was = "the logical volume \(short)"
        let place = VolumeID("lv:" + short)
        // GRUB names volumes like device-mapper (disk/lvm.c): lvm/rhel-root.
        let mapped = String(paths.mapped.dropFirst("/dev/mapper/".count))
        var names = DeviceName.all(.identifier, [logical.id], was, place)
        names += DeviceName.all(.path, [paths.path, paths.mapped, "lvm/\(mapped)"], was, place)
        names += DeviceName.all(.word, ["rd.lvm.lv=\(short)", "rd_LVM_LV=\(short)"], was, place)
        names += DeviceName.all(.listed, ["\"\(short)\""], was, place)
        return names
    }

    // One that the metadata counts and no disk has is gone. LVM's devices file has no dashes (lvmdevices(8), PVID).
    private func naming(_ physical: PhysicalVolume) -> [DeviceName] {
        guard let device = physical.device else { return [] }
        return DeviceName.all(
            .identifier, [physical.uuid, LVMSight.bare(physical.uuid)], "the PV on \(device)", device)
    }

    // MARK: disks

    private func naming(_ disk: Disk) -> [DeviceName] {
        let was = "the disk \(disk.id)"
        let wwids = disk.wwid.map { Self.wwids($0) } ?? []
        let serials = disk.serial.map { Self.underscored($0) } ?? []
        // Virtual disks have whatever somebody thought of.
        let isNumber = disk.serial.map { $0.count >= 6 && $0.contains(where: \.isNumber) } ?? false
        var names = DeviceName.all(isNumber ? .identifier : .serial, serials, was, disk.id)
        names += DeviceName.all(.identifier, wwids, was, disk.id)
        names += DeviceName.all(.path, [Self.node(disk.id)], was, disk.id)
        return names
    }

    private func naming(_ partition: Partition) -> [DeviceName] {
        let was = "the partition \(partition.id)"
        var names = DeviceName.all(.identifier, [partition.uuid], was, partition.id)
        names += DeviceName.all(.path, [Self.node(partition.id)], was, partition.id)
        names += DeviceName.all(.word, Self.labels("PARTLABEL", partition.name), was, partition.id)
        return names
    }

    /// What a kernel calls it; images have no such name.
    private static func node(_ id: VolumeID) -> String? { id.rawValue.hasPrefix("/dev/") ? id.rawValue : nil }

    // udev's links and LVM's devices file have underscores where the disk says blanks: for each, or for all in a row.
    private static func underscored(_ text: String) -> [String] {
        let words = text.split(whereSeparator: \.isWhitespace)
        return [text, words.joined(separator: "_"), String(text.map { $0.isWhitespace ? "_" : $0 })]
    }

    // scsi_id(8) and multipath put a digit for the kind of number before it, udev's other link says wwn-0x.
    private static func wwids(_ wwid: String) -> [String] {
        let numbers = [("naa.", "3"), ("eui.", "2")].filter { wwid.hasPrefix($0.0) }.flatMap { kind, digit in
            ["wwn-0x", digit].map { "\($0)\(wwid.dropFirst(kind.count))" }
        }
        return underscored(wwid) + numbers
    }

    // MARK: what lies on volumes

    private func naming(_ volume: Volume) -> [DeviceName] {
        // An opened container has the name that crypttab gives it, all others were named above.
        let own: [String?] = volume.kind == .container ? [volume.name, volume.node] : []
        var names = DeviceName.all(.path, own, "the encrypted volume \(volume.name)", volume.id)
        guard let signature = volume.signature else { return names }
        let was = "\(signature.isFilesystem ? "the filesystem" : "what was") on \(volume.name)"
        // GRUB leaves the dashes of a container's UUID out (cryptouuid/…).
        let bare = signature.type == "crypto_LUKS" ? signature.uuid?.hexDigits : nil
        let label = signature.usage == "raid" ? nil : signature.label
        names += DeviceName.all(.identifier, [signature.uuid, bare], was, volume.id)
        names += DeviceName.all(.word, Self.labels("LABEL", label), was, volume.id)
        // What GRUB looks for by label (commands/search.c).
        let searched = label.map { ["search.fs_label \($0)", "--label \($0)"] } ?? []
        names += DeviceName.all(.word, searched, was, volume.id)
        return names
    }

    // fstab(5) writes a blank in octal, udev most marks in hexadecimal (libblkid, blkid_encode_string).
    private static func labels(_ tag: String, _ label: String?) -> [String] {
        guard let label, !label.isEmpty else { return [] }
        let encoded = label.unicodeScalars.map { scalar in
            let isKept =
                !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "#+-.:=@_".unicodeScalars.contains(scalar)
            return isKept ? String(scalar) : #"\x"# + [UInt8(truncatingIfNeeded: scalar.value)].hex
        }
        let link = "/dev/disk/by-\(tag.lowercased())/\(encoded.joined())"
        let inFstab = label.replacing(" ", with: #"\040"#)
        return ["\(tag)=\(label)", "\(tag)=\"\(label)\"", "\(tag)=\(inFstab)", link]
    }
}
