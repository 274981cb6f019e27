/// The arrays and mapped devices that the running kernel has right now.
package struct RunningDevices: Sendable, Hashable {
    /// A running MD array.
    package struct Array: Sendable, Hashable {
        package var node: String
        /// As mdadm writes it; only newer kernels say it.
        package var uuid: String?
        /// Nodes of the members.
        package var members: Set<String>
        package var activity: MDActivity

        package init(
            node: String, uuid: String? = nil, members: Set<String> = [], activity: MDActivity = .init()
        ) {
            self.node = node
            self.uuid = uuid
            self.members = members
            self.activity = activity
        }
    }

    /// A device-mapper device.
    package struct Mapped: Sendable, Hashable {
        package var node: String
        /// `LVM-` and the UUIDs of group and volume, `CRYPT-LUKS2-…`, `mpath-…`.
        package var uuid: String
        /// What the raid target says, where it is one.
        package var raidStatus: DMRaidStatus?

        package init(node: String, uuid: String, raidStatus: DMRaidStatus? = nil) {
            self.node = node
            self.uuid = uuid
            self.raidStatus = raidStatus
        }

        /// A logical volume's, by the way LVM names its devices (dm_build_dm_uuid in lvm2).
        init(node: String, group: String, volume: String, raidStatus: DMRaidStatus? = nil) {
            self.init(
                node: node, uuid: Self.uuid(group: group, volume: volume), raidStatus: raidStatus)
        }

        static func uuid(group: String, volume: String) -> String {
            "LVM-" + (group + volume).filter { $0 != "-" }
        }
    }

    package var arrays: [Array]
    package var mapped: [Mapped]

    package init(arrays: [Array] = [], mapped: [Mapped] = []) {
        self.arrays = arrays
        self.mapped = mapped
    }

    /// The device of a logical volume.
    func mapped(group: String, volume: String) -> Mapped? {
        let uuid = Mapped.uuid(group: group, volume: volume)
        return mapped.first { $0.uuid == uuid }
    }

    /// The running array with this UUID, or over any of these nodes.
    func array(uuid: String, members: Set<String>) -> Array? {
        // Nodes are the surer sign where there are any: sysfs writes the UUID of a 0.90 array with the bytes of each
        // word swapped, and older kernels do not write it at all.
        arrays.first { $0.uuid == uuid } ?? arrays.first { !$0.members.isDisjoint(with: members) }
    }
}
