import Machine

extension MDSuperblock {
    /// Every superblock on a device, whatever its format: remains of an earlier array may lie beside the present one.
    package static func find(on source: some ByteSource) throws(SystemError) -> [MDSuperblock] {
        // Formats 1.x want at least 24 sectors (super1.c), 0.90 keeps the last 64 KiB aligned block for itself.
        var places: [(offset: UInt64, version: String)] = []
        if source.size >= 24 * 512 {
            places.append(((source.size / 512 - 16) / 8 * 8 * 512, "1.0"))
            places.append((0, "1.1"))
            places.append((4096, "1.2"))
        }
        var found: [MDSuperblock] = []
        for place in places {
            let bytes = try source.read(at: place.offset, count: 4096)
            if let superblock = parse1(bytes, at: place.offset, version: place.version) {
                found.append(superblock)
            }
        }
        if source.size >= 2 * 65536 {
            let offset = source.size / 65536 * 65536 - 65536
            if let superblock = parse090(try source.read(at: offset, count: 4096), at: offset) {
                found.append(superblock)
            }
        }
        return found
    }

    /// The one mdadm would go by: whole before damaged, then the array created last (mdadm's guess_super).
    static func best(of superblocks: [MDSuperblock]) -> MDSuperblock? {
        superblocks.max { one, other in
            one.checksumHolds == other.checksumHolds ? one.created < other.created : other.checksumHolds
        }
    }
}
