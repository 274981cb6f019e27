/// mdadm.conf(5), the parts that decide which arrays come up and under which name.
package struct MdadmConf: Codable, Sendable, Hashable {
    /// One `ARRAY` line.
    package struct ArrayLine: Codable, Sendable, Hashable {
        /// Counted from 1; a continued line counts where it begins.
        package var line: Int
        /// `/dev/md0`, `/dev/md/boot`; nil for `<ignore>` and lines that name none.
        package var device: String?
        package var isIgnored: Bool
        /// As written.
        package var uuid: String?
        package var name: String?
        package var metadata: String?
        package var superMinor: Int?
        package var devices: [String]

        package init(
            line: Int, device: String? = nil, isIgnored: Bool = false, uuid: String? = nil,
            name: String? = nil,
            metadata: String? = nil, superMinor: Int? = nil, devices: [String] = []
        ) {
            self.line = line
            self.device = device
            self.isIgnored = isIgnored
            self.uuid = uuid
            self.name = name
            self.metadata = metadata
            self.superMinor = superMinor
            self.devices = devices
        }
    }

    package var arrays: [ArrayLine]
    /// Words of `DEVICE` lines; none means "partitions containers".
    package var devices: [String]
    /// Words of the first `AUTO` line.
    package var auto: [String]
    package var homehost: String?

    package init(
        arrays: [ArrayLine] = [], devices: [String] = [], auto: [String] = [], homehost: String? = nil
    ) {
        self.arrays = arrays
        self.devices = devices
        self.auto = auto
        self.homehost = homehost
    }
}
