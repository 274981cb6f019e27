import Storage
import TestFiles

extension RecordedDisk {
    var id: VolumeID { VolumeID(path) }
}

extension StorageMap {
    /// The map of recorded disks.
    static func of(_ disks: RecordedDisk...) throws -> StorageMap {
        try StorageReader.read(paths: disks.map(\.path))
    }
}
