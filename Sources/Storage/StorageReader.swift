import Glibc
import Machine

/// Reads disks and disk images and says what is on them, without assembling, activating or writing anything.
package enum StorageReader {
    /// All whole disks of this machine, with what the kernel runs on them now.
    package static func readSystem() throws(SystemError) -> StorageMap {
        let system = try SystemDisks(sys: RootDirectory("/sys"))
        return read(try system.all(), running: try system.running())
    }

    /// The given disks or disk images.
    ///
    /// Throws where one does not exist or is an image in a format that only its hypervisor reads; one that cannot be
    /// read, or holds nothing, is a disk with its `failure`. `containers` are LUKS volumes of them that are open.
    package static func read(paths: [String], containers: [DiskSource] = []) throws(SystemError) -> StorageMap
    {
        let system = try? SystemDisks(sys: RootDirectory("/sys"))
        var sources: [DiskSource] = []
        for path in paths {
            let source = try source(path, system)
            if !sources.contains(where: { $0.id == source.id }) { sources.append(source) }
        }
        let isLive = sources.contains { $0.node != nil }
        return read(
            sources + containers,
            running: isLive ? (try system?.running()) ?? RunningDevices() : RunningDevices())
    }

    private static func source(_ path: String, _ system: SystemDisks?) throws(SystemError) -> DiskSource {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw SystemError("read", path, number: errno, hint: "bootmend scan lists what is here")
        }
        switch status.st_mode & S_IFMT {
        case S_IFBLK:
            let node = realPath(path)
            return try system?.disk(node: node) ?? DiskSource(id: VolumeID(node), path: node, node: node)
        case S_IFREG:
            try ForeignImage.refuse(path)
            return .image(path)
        default:
            throw SystemError(
                "read", path, detail: "it is neither a block device nor an image file",
                hint: "bootmend scan lists what is here")
        }
    }

    private static func realPath(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The map of these disks and opened containers. Never throws: a disk that fails says so in its value.
    package static func read(_ sources: [DiskSource], running: RunningDevices = RunningDevices())
        -> StorageMap
    {
        let found = DiskReaders.read(sources)
        var open: [VolumeID: OpenDisk] = [:]
        var known: [[Piece]: Content] = [:]
        for disk in found {
            if let source = disk.open { open[disk.disk.id] = source }
            known.merge(disk.contents) { first, _ in first }
        }
        let isDisk = sources.map { $0.kind == .disk }
        var map = Assembly.map(
            disks: zip(found, isDisk).filter(\.1).map(\.0.disk),
            base: zip(found, isDisk).filter(\.1).flatMap(\.0.volumes),
            opened: zip(found, isDisk).filter { !$0.1 }.flatMap(\.0.volumes), running: running,
            contents: DiskContents(open, known: known))
        for index in map.disks.indices {
            if let disk = open[map.disks[index].id] { map.disks[index].noteReadError(of: disk.source) }
        }
        return map
    }
}
