import Machine

extension StorageMap {
    /// The bytes of a volume, read from its best copy.
    package func source(of id: VolumeID) throws(SystemError) -> View {
        guard let volume = volume(id) else {
            throw SystemError("read", id.rawValue, detail: "it is not on these disks")
        }
        guard let copy = volume.bestCopy else {
            throw SystemError(
                "read", volume.name, detail: volume.unmapped ?? volume.failure ?? "it lies nowhere")
        }
        return try source(of: copy, named: volume.name)
    }

    /// The bytes of one copy of a volume.
    package func source(of copy: Copy, named name: String) throws(SystemError) -> View {
        var open: [VolumeID: BlockSource] = [:]
        for disk in copy.disks {
            if let failure = self.disk(disk)?.failure { throw SystemError("read", name, detail: failure) }
            open[disk] = try BlockSource(path(of: disk))
        }
        return try View(copy.pieces, name: name) { open[$0] }
    }

    /// The file or node to open for a disk, image or opened container.
    package func path(of disk: VolumeID) -> String { volume(disk)?.node ?? disk.rawValue }
}

extension Volume {
    /// The copy to read: the first current one, else the first that might be, else any.
    package var bestCopy: Copy? { copies.min { $0.currency.rank < $1.currency.rank } }
}
