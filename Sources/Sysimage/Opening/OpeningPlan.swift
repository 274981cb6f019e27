import Machine
import Storage

/// How volumes are reached for writing: what must be assembled, unlocked and activated first, in order.
///
/// A pure function of what is on the disks and of the medium's lvm, so that it can be shown before it is done.
package struct OpeningPlan: Sendable, Hashable {
    package private(set) var steps: [OpeningStep] = []
    /// Where the wanted volumes, and those under them, will be.
    package private(set) var nodes: [VolumeID: String] = [:]
    /// Halves of mirrors that are not proven current and stay out, each with the reason.
    package private(set) var leftOut: [String] = []
    /// Optional volumes that cannot be opened, with the reason.
    package private(set) var notOpened: [VolumeID: SystemError] = [:]

    private var map: StorageMap
    private var medium: Medium
    private var names: [VolumeID: String]

    /// What is asked of the rescue system.
    package struct Medium: Sendable, Hashable {
        /// 2.03.16 as [2, 3, 16]; empty where there is no lvm.
        package var lvm: [Int]
        /// Devices get their nodes from udev; without it, LVM has to make them.
        package var hasUdev: Bool
        /// Nodes of arrays that the kernel has put together and not started.
        package var inactive: Set<String>
        /// Tools that it has not got.
        package var missing: Set<Tool>

        package init(
            lvm: [Int] = [2, 3, 16], hasUdev: Bool = true, inactive: Set<String> = [], missing: Set<Tool> = []
        ) {
            self.lvm = lvm
            self.hasUdev = hasUdev
            self.inactive = inactive
            self.missing = missing
        }

        // Said while the plan is made, before anything is opened for the rest of it.
        fileprivate func has(_ tool: Tool) throws(SystemError) {
            guard missing.contains(tool) else { return }
            throw SystemError(
                "run", tool.rawValue, detail: "this rescue system has no such program",
                hint: "install the package '\(tool.package)'")
        }
    }

    /// Plans the opening of `wanted`.
    ///
    /// `names` says what arrays and containers are to be called, as the installed system's mdadm.conf and crypttab have
    /// it; else the superblock's name counts. Throws where a wanted volume cannot be opened without danger, or at all; an optional one is then in
    /// `notOpened`, and no step is made for it.
    package init(
        _ wanted: [VolumeID], optional: [VolumeID] = [], in map: StorageMap, names: [VolumeID: String] = [:],
        medium: Medium = Medium()
    ) throws(SystemError) {
        self.map = map
        self.medium = medium
        self.names = names
        for id in wanted { _ = try open(id, depth: 0) }
        for id in optional {
            let before = self
            do throws(SystemError) { _ = try open(id, depth: 0) } catch {
                self = before
                notOpened[id] = error
            }
        }
    }

    /// Makes sure a volume has a node; answers it.
    private mutating func open(_ id: VolumeID, depth: Int) throws(SystemError) -> String {
        if let node = nodes[id] { return node }
        guard let volume = map.volume(id) else {
            throw SystemError("open", id.rawValue, detail: "no such volume")
        }
        // Layers are stacked a few deep; a circle in what the disks say must end.
        guard depth < 16 else { throw SystemError("open", volume.name, detail: "it lies on itself") }
        if let node = volume.node, !medium.inactive.contains(node) {
            nodes[id] = node
            return node
        }
        switch volume.kind {
        case .array: try assemble(volume, depth)
        case .logicalVolume: try activate(volume, depth)
        case .container: try unlock(volume, depth)
        case .disk, .partition:
            throw SystemError(
                "open", volume.name, detail: "it has no device node; an image is opened through a loop device"
            )
        }
        guard let node = nodes[id] else {
            throw SystemError("open", volume.name, detail: "it is not of a kind that can be")
        }
        return node
    }

    private func name(_ id: VolumeID) -> String { map.volume(id)?.name ?? id.rawValue }

    // MARK: arrays

    private mutating func assemble(_ volume: Volume, _ depth: Int) throws(SystemError) {
        guard let array = map.array(volume.id) else {
            throw SystemError("assemble", volume.name, detail: "its superblocks are not known")
        }
        try medium.has(.mdadm)
        var members: [String] = []
        for member in array.members {
            if let reason = array.reasonToLeaveOut(member, in: map) {
                leftOut.append("\(name(member.device)) of \(volume.name): \(reason)")
            } else {
                members.append(try open(member.device, depth: depth + 1))
            }
        }
        guard !members.isEmpty else {
            throw SystemError(
                "assemble", volume.name, detail: "no member is proven current",
                hint: "see 'bootmend explain md-array'")
        }
        let node = nodeName(of: array)
        steps.append(
            OpeningStep(
                kind: .assemble(level: array.level, members: members),
                title: "Assemble \(node) from \(members.joined(separator: " and "))",
                command: Command(
                    .mdadm,
                    // Without a configuration file: that of the medium knows other arrays, or the same by other names.
                    arguments: ["--assemble", "--run", "--config=none", node, "--uuid=" + array.uuid]
                        + members),
                undo: Command(.mdadm, "--stop", node), nodes: [node]))
        nodes[volume.id] = node
    }

    // Two arrays may want one name: the second then is called by its UUID.
    private func nodeName(of array: MDArray) -> String {
        let own = "/dev/md/" + array.uuid.prefix { $0 != ":" }
        let wanted = names[array.id] ?? array.assembledName ?? own
        let isTaken =
            map.arrays.contains { $0.id != array.id && $0.node == wanted } || nodes.values.contains(wanted)
        return isTaken ? own : wanted
    }

    // MARK: volume groups

    private mutating func activate(_ volume: Volume, _ depth: Int) throws(SystemError) {
        guard let group = map.groups.first(where: { group in group.volumeIDs.contains(volume.id) }) else {
            throw SystemError(
                "activate", volume.name, detail: "the metadata of its volume group is not known")
        }
        guard map.groups.filter({ $0.name == group.name }).count == 1 else {
            throw SystemError(
                "activate", volume.name, detail: "there are two volume groups of the name '\(group.name)'",
                hint: "rename the one that is not wanted: vgrename UUID NEWNAME")
        }
        try medium.has(.lvm)
        if let twice = group.physicalVolumes.first(where: { !$0.duplicates.isEmpty }),
            let device = twice.device
        {
            let all = ([device] + twice.duplicates).map(\.rawValue).joined(separator: " and ")
            throw SystemError(
                "activate", volume.name, detail: "\(all) are the same physical volume twice",
                hint: "disconnect the copy, or give it an identity of its own: vgimportclone")
        }
        let out = group.staleDevices(for: volume, in: map)
        for (device, reason) in out { leftOut.append("\(name(device)) of \(group.name): \(reason)") }
        var devices: [String] = []
        for physical in group.physicalVolumes {
            guard let device = physical.device, !out.contains(where: { $0.device == device }) else {
                continue
            }
            devices.append(try open(device, depth: depth + 1))
        }
        guard !devices.isEmpty else {
            throw SystemError(
                "activate", volume.name, detail: "no physical volume of its group is here and current")
        }
        let lvm = LVMCommands(devices: devices, medium: medium)
        let visible = group.logicalVolumes.filter(\.isVisible)
        let running = visible.filter { map.volume(group.id(of: $0))?.node != nil }
        let sleeping = visible.filter { logical in !running.contains { $0.name == logical.name } }
        // Volumes that run already stay when this is undone.
        let undo =
            running.isEmpty
            ? lvm.deactivate(group: group.name)
            : lvm.deactivate(volumes: sleeping.map { "\(group.name)/\($0.name)" })
        let command =
            running.isEmpty
            ? lvm.activate(group: group.name)
            : lvm.activate(volumes: sleeping.map { "\(group.name)/\($0.name)" })
        let mapped = sleeping.map { group.mappedNode($0.name) }
        steps.append(
            OpeningStep(
                kind: .activate(group: group.name),
                title: "Activate the volume group \(group.name) on \(devices.joined(separator: " and "))",
                command: command, undo: undo, nodes: [group.mappedNode(of: volume)].compactMap(\.self)))
        for (logical, node) in zip(sleeping, mapped) { nodes[group.id(of: logical)] = node }
        if nodes[volume.id] == nil { nodes[volume.id] = group.mappedNode(of: volume) }
    }

    // MARK: containers

    private mutating func unlock(_ volume: Volume, _ depth: Int) throws(SystemError) {
        let uuid = String(volume.id.rawValue.dropFirst("luks:".count))
        guard
            let outer = map.volumes.first(where: {
                $0.signature?.type == "crypto_LUKS" && $0.signature?.uuid?.lowercased() == uuid.lowercased()
            })
        else { throw SystemError("unlock", volume.name, detail: "the container it is in is not here") }
        try medium.has(.cryptsetup)
        let device = try open(outer.id, depth: depth + 1)
        let name = names[volume.id] ?? "luks-" + uuid
        steps.append(
            OpeningStep(
                kind: .unlock(outer), title: "Unlock \(device)",
                command: Command(.cryptsetup, "open", "--type", "luks", "--key-file", "-", device, name),
                undo: Command(.cryptsetup, "close", name), nodes: ["/dev/mapper/" + name]))
        nodes[volume.id] = "/dev/mapper/" + name
    }
}
