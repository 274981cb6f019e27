import LibMount
import Storage

// Of a device "it is not there" can be said only where a survey of disks would know it: the rest, from multipath and
// bcache to zram, only a running system has.
extension StorageMap {
    /// Whether a source of fstab or of a kernel command line is of a kind that a survey of disks models: a tag, a disk
    /// or partition by the kernel's name, a logical volume, an array, or one of udev's links for a tag.
    func models(_ path: String) -> Bool {
        if let tag = DeviceTag(path) { return tag.name != .hardware }
        if KernelDiskName(path) != nil { return true }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 2, parts[0].isEmpty, parts[1] == "dev", !parts.dropFirst(2).contains("") else {
            return false
        }
        switch (parts[2], parts.count) {
        case ("disk", 5): return Self.linkedTags[parts[3]] != nil
        case ("mapper", 4): return modelsMapped(parts[3])
        case ("md", 4): return !isPartition(ofArray: parts[3])
        case (_, 3): return parts[2].hasPrefix("md") && Self.isNumber(parts[2].dropFirst(2))
        case (_, 4): return hasGroup(parts[2]) || !Self.directories.contains(parts[2])
        default: return false
        }
    }

    /// What one of udev's links in /dev/disk stands for. Links are encoded as udev does it (libblkid,
    /// blkid_encode_string).
    func volumes(linked path: String) -> [Volume] {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count == 4, path.hasPrefix("/dev/disk/") else { return [] }
        if let tag = Self.linkedTags[parts[2]] { return volumes(source: tag + Self.decoded(parts[3])) }
        // 10-dm.rules.
        guard parts[2] == "by-id", parts[3].hasPrefix("dm-name-") else { return [] }
        return volumes(source: "/dev/mapper/" + parts[3].dropFirst("dm-name-".count))
    }

    /// One of the links that udev makes of serial numbers leads to a disk that is here, or to a partition that it has
    /// (60-persistent-storage.rules).
    func hasDisk(linked path: String) -> Bool {
        guard path.hasPrefix("/dev/disk/by-id/") else { return false }
        let ends = path.split(separator: "-").last ?? ""
        let number = ends.hasPrefix("part") ? Int(ends.dropFirst(4)) : nil
        let name = number == nil ? path : String(path.dropLast(ends.count + 1))
        return disks.contains { disk in
            let serial = disk.serial.map { String($0.map { $0.isWhitespace ? "_" : $0 }) }
            let wwid = disk.wwid?.split(separator: ".", maxSplits: 1).last.map(String.init)
            let isNamed = [serial, wwid].compactMap(\.self).contains { mark in
                mark.count >= 6 && (name.hasSuffix(mark) || name.contains(mark + "_"))
            }
            return isNamed
                && (number == nil || disk.table?.partitions.contains { $0.number == number } ?? false)
        }
    }

    /// Whether it may be in something that the survey does not look into. A disk's own name stands for a disk, and the
    /// volumes of a group that is here are all known.
    func mayHide(_ path: String) -> Bool {
        guard KernelDiskName(path) == nil else { return false }
        if let name = LogicalVolumeName(path), hasGroup(name.group) { return false }
        return volumes.contains { volume in
            volume.signature.map { Self.isForeign($0.type) } ?? isUnread(volume)
        }
    }

    // MARK: kinds

    private static let linkedTags = [
        "by-uuid": "UUID=", "by-label": "LABEL=", "by-partuuid": "PARTUUID=", "by-partlabel": "PARTLABEL=",
    ]

    // Directories of /dev that are no volume group's (Documentation/admin-guide/devices.txt; the rules of the tools).
    private static let directories: Set<String> = [
        "block", "bsg", "bcache", "cciss", "char", "cdrom", "drbd", "etherd", "i2o", "ida", "input", "loop",
        "mpath", "nbd", "ocfs2", "raw", "rbd", "rd", "shm", "vx", "zvol",
    ]

    // multipath names its maps mpatha and by WWID, their partitions mpatha1 or mpatha-part1 (kpartx(8)).
    private func modelsMapped(_ name: String) -> Bool {
        guard let volume = LogicalVolumeName(mapped: name) else { return false }
        if hasGroup(volume.group) { return true }
        let isPartition = volume.volume.hasPrefix("part") && Self.isNumber(volume.volume.dropFirst(4))
        return !isPartition && !volume.group.hasPrefix("mpath")
    }

    private func hasGroup(_ name: String) -> Bool { groups.contains { $0.name == name } }

    // After a digit there is a p before the partition's number (63-md-raid-arrays.rules).
    private func isPartition(ofArray name: String) -> Bool {
        let stem = String(name.reversed().drop { $0.isASCII && $0.isNumber }.reversed())
        guard stem.count < name.count else { return false }
        let before = stem.dropLast().last
        if stem.hasSuffix("p"), let before, before.isASCII, before.isNumber { return true }
        return arrays.contains { $0.shortName == stem }
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber }
    }

    private static func isForeign(_ type: String) -> Bool {
        ["bcache", "drbd", "vdo"].contains(type)
            || type.hasSuffix("_raid_member") && type != "linux_raid_member"
    }

    // A raid5 or a thin volume is whole and cannot be read from images. Where a part of it is missing it is gone.
    private func isUnread(_ volume: Volume) -> Bool {
        guard volume.copies.isEmpty, volume.node == nil else { return false }
        if let array = array(volume.id) {
            return array.level != 1 && array.starts(with: array.members.count)
        }
        guard volume.kind == .logicalVolume, let found = logicalVolume(volume.id) else { return false }
        return physicalVolumes(under: found).allSatisfy { $0.device != nil }
    }

    private static func decoded(_ name: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(name.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"), rest.count > 2,
                let code = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
