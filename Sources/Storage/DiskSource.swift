/// A whole disk, disk image or opened container to be read, and what the running system knows of it.
package struct DiskSource: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case disk, container }

    package var id: VolumeID
    package var kind: Kind
    /// What to open.
    package var path: String
    /// The node it has right now; nil for an image file.
    package var node: String?
    package var serial: String?
    package var wwid: String?
    /// The kernel's module aliases of the controllers above it, nearest first.
    package var modaliases: [String]
    /// Partitions the running kernel knows, by number.
    package var partitions: [Int: RunningPartition]
    /// The kernel takes no writes for it; nil for an image.
    package var isReadOnly: Bool?
    /// Further nodes that lead to the same disk, where nothing makes one of them all.
    package var otherPaths: [String] = []

    /// A partition as the running kernel sees it, which may lag behind the table on the disk.
    package struct RunningPartition: Sendable, Hashable {
        package var node: String
        /// Bytes from the start of the disk.
        package var start: UInt64
        /// Bytes.
        package var size: UInt64

        package init(node: String, start: UInt64, size: UInt64) {
            self.node = node
            self.start = start
            self.size = size
        }
    }

    package init(
        id: VolumeID, kind: Kind = .disk, path: String, node: String? = nil, serial: String? = nil,
        wwid: String? = nil, modaliases: [String] = [], partitions: [Int: RunningPartition] = [:]
    ) {
        self.id = id
        self.kind = kind
        self.path = path
        self.node = node
        self.serial = serial
        self.wwid = wwid
        self.modaliases = modaliases
        self.partitions = partitions
    }

    /// A disk image in a file.
    package static func image(_ path: String) -> DiskSource { DiskSource(id: VolumeID(path), path: path) }

    /// The name of a partition: `/dev/sda1`, `/dev/nvme0n1p1`, `a.img#1`.
    func partition(_ number: Int) -> VolumeID {
        guard let node else { return VolumeID("\(id)#\(number)") }
        // The kernel puts a "p" between where the disk's own name ends in a digit (bdev_name in block/partitions).
        let separator = node.last.map { $0.isASCII && $0.isNumber } ?? false ? "p" : ""
        return VolumeID("\(node)\(separator)\(number)")
    }
}
