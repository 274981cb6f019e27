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

    /// One `DEVICE` line.
    package struct DeviceLine: Codable, Sendable, Hashable {
        /// Counted from 1; a continued line counts where it begins.
        package var line: Int
        /// Names, patterns as of glob(7), `partitions`, `containers`.
        package var words: [String]

        package init(line: Int, words: [String]) {
            self.line = line
            self.words = words
        }
    }

    package var arrays: [ArrayLine]
    package var deviceLines: [DeviceLine]
    /// Words of the first `AUTO` line.
    package var auto: [String]
    package var homehost: String?

    package init(
        arrays: [ArrayLine] = [], deviceLines: [DeviceLine] = [], auto: [String] = [], homehost: String? = nil
    ) {
        self.arrays = arrays
        self.deviceLines = deviceLines
        self.auto = auto
        self.homehost = homehost
    }

    /// Words of all `DEVICE` lines; none means "partitions containers".
    package var devices: [String] { deviceLines.flatMap(\.words) }
}
