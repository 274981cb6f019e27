/// Names that fstab, crypttab and kernel command lines use, resolved from what is on the disks alone.
extension StorageMap {
    /// `UUID=`: more than one is a finding, not a choice. A volume whose signatures contradict each other has no tags.
    package func volumes(uuid: String) -> [Volume] {
        tagged { $0.uuid.map { $0.lowercased() == uuid.lowercased() } ?? false }
    }

    /// `LABEL=`.
    package func volumes(label: String) -> [Volume] { tagged { $0.label == label } }

    /// `PARTUUID=`.
    package func volumes(partUUID: String) -> [Volume] {
        partitions { $0.uuid.map { $0.lowercased() == partUUID.lowercased() } ?? false }
    }

    /// `PARTLABEL=`.
    package func volumes(partLabel: String) -> [Volume] { partitions { $0.name == partLabel } }

    /// The volumes that a source of fstab or of the kernel command line names: `UUID=…`, `LABEL=…`, `PARTUUID=…`,
    /// `PARTLABEL=…`, or a device path. Resolved from the survey, never from /dev/disk/by-*: members of arrays and
    /// PVs carry the signatures of what they belong to and are not among the answers.
    package func volumes(source: String) -> [Volume] {
        let value = source.split(separator: "=", maxSplits: 1).last.map(String.init) ?? ""
        let bare = value.filter { $0 != "\"" }
        if source.hasPrefix("UUID=") { return volumes(uuid: bare) }
        if source.hasPrefix("LABEL=") { return volumes(label: bare) }
        if source.hasPrefix("PARTUUID=") { return volumes(partUUID: bare) }
        if source.hasPrefix("PARTLABEL=") { return volumes(partLabel: bare) }
        return volume(named: source).map { [$0] } ?? []
    }

    // MD members and physical volumes carry UUIDs and labels too, those of the array and of the PV; mount(8) and udev
    // take them for filesystems no more than this does.
    private func tagged(_ matches: (Signature) -> Bool) -> [Volume] {
        var devices: [String: Set<String>] = [:]
        return volumes.filter { volume in
            guard let signature = volume.signature, signature.ambivalent.isEmpty, signature.usage != "raid",
                matches(signature)
            else { return false }
            // One btrfs over several devices is one filesystem; a device of it that shows up twice is a clone.
            guard signature.type == "btrfs", let uuid = signature.uuid, let own = signature.subUUID else {
                return true
            }
            let isFurther = devices[uuid].map { !$0.contains(own) } ?? false
            devices[uuid, default: []].insert(own)
            return !isFurther
        }
    }

    private func partitions(_ matches: (Partition) -> Bool) -> [Volume] {
        let ids = Set(disks.flatMap { $0.table?.partitions ?? [] }.filter(matches).map(\.id))
        return volumes.filter { ids.contains($0.id) }
    }

    /// The volume that a device path names: `/dev/md0`, `/dev/mapper/rhel-root`, `/dev/rhel/root`, `/dev/sda1`.
    ///
    /// Nil where none does, and where several would: two groups of one name, two arrays that both want to be md0.
    package func volume(named path: String) -> Volume? {
        let path = vacated.isEmpty ? path : KernelDiskName(path)?.present(without: vacated) ?? path
        let found = volumes.filter { $0.node == path || $0.id.rawValue == path }
        if found.count == 1 { return found[0] }
        let named = volumes.filter { names(of: $0).contains(path) }
        if named.isEmpty { return image(numbered: path) }
        return named.count == 1 ? named[0] : nil
    }

    // Images have no nodes; their order is taken for the one in which the kernel will find the disks, unless LVM has
    // seen them in another.
    private func image(numbered path: String) -> Volume? {
        guard let name = KernelDiskName(path), !disks.isEmpty,
            !disks.contains(where: { $0.id.rawValue.hasPrefix("/dev/") }), disks.indices.contains(name.place),
            groups.allSatisfy(isInOrder)
        else { return nil }
        let disk = disks[name.place]
        guard let number = name.partition else { return volume(disk.id) }
        return disk.table?.partitions.first { $0.number == number }.flatMap { volume($0.id) }
    }

    // LVM's metadata keeps the names under which it saw a group's physical volumes last. Where one of them is gone, those
    // behind it move up.
    private func isInOrder(_ group: VolumeGroup) -> Bool {
        let seen = group.physicalVolumes.compactMap { physical -> (place: Int, hint: Int)? in
            guard let device = physical.device, let hint = physical.hint.flatMap({ KernelDiskName($0) }),
                let place = disks.firstIndex(where: { $0.holds(device) })
            else { return nil }
            return (place, hint.place)
        }
        let isWhole = group.physicalVolumes.allSatisfy { $0.device != nil }
        guard !isWhole else { return seen.allSatisfy { $0.place == $0.hint } }
        let hints = seen.sorted { $0.place < $1.place }.map(\.hint)
        return zip(hints, hints.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// Every path under /dev by which a volume is known, its usual name first.
    package func names(of volume: Volume) -> [String] {
        var names = [volume.name]
        if let node = volume.node { names.append(node) }
        if let array = array(volume.id) { names += array.names }
        if volume.kind == .logicalVolume, let path = LogicalVolumeName(volume.name) {
            names.append(path.mapped)
        }
        if let signature = volume.signature, signature.ambivalent.isEmpty, signature.usage != "raid" {
            if let uuid = signature.uuid { names.append("/dev/disk/by-uuid/\(uuid)") }
            if let label = signature.label { names.append("/dev/disk/by-label/\(label)") }
        }
        for partition in disks.flatMap({ $0.table?.partitions ?? [] }) where partition.id == volume.id {
            if let uuid = partition.uuid { names.append("/dev/disk/by-partuuid/\(uuid)") }
        }
        return names
    }
}

extension Disk {
    /// It is the volume, or has it as a partition.
    package func holds(_ volume: VolumeID) -> Bool {
        id == volume || table?.partitions.contains { $0.id == volume } ?? false
    }
}

extension MDArray {
    /// What mdadm and udev may call it without a word in mdadm.conf; with one, that name counts.
    fileprivate var names: [String] {
        var names = ["/dev/disk/by-id/md-uuid-\(uuid)", usualName]
        if let name { names.append("/dev/disk/by-id/md-name-\(name)") }
        if let shortName { names.append("/dev/md/\(shortName)") }
        if let minor { names.append("/dev/md/\(minor)") }
        return names
    }
}

/// A logical volume's two paths: `/dev/rhel/root` and, with hyphens doubled, `/dev/mapper/rhel-root`.
package struct LogicalVolumeName: Sendable, Hashable {
    package var group: String
    package var volume: String

    package init(group: String, volume: String) {
        self.group = group
        self.volume = volume
    }

    /// Out of `/dev/rhel/root` or `/dev/mapper/rhel-root`; nil for other paths.
    package init?(_ path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0].isEmpty, parts[1] == "dev" else { return nil }
        if parts[2] == "mapper" {
            self.init(mapped: parts[3])
        } else {
            self.init(group: parts[2], volume: parts[3])
        }
    }

    /// Out of device-mapper's name: a lone hyphen parts group from volume, a doubled one is a hyphen of theirs
    /// (dm_build_dm_name in lvm2).
    package init?(mapped name: String) {
        var names = [""]
        var rest = Substring(name)
        while let character = rest.popFirst() {
            if character == "-" && rest.first == "-" {
                rest.removeFirst()
                names[names.count - 1].append("-")
            } else if character == "-" {
                names.append("")
            } else {
                names[names.count - 1].append(character)
            }
        }
        guard names.count == 2, !names.contains("") else { return nil }
        self.init(group: names[0], volume: names[1])
    }

    package var path: String { "/dev/\(group)/\(volume)" }

    package var mapped: String {
        let escaped = [group, volume].map {
            $0.split(separator: "-", omittingEmptySubsequences: false).joined(separator: "--")
        }
        return "/dev/mapper/" + escaped.joined(separator: "-")
    }
}
