import Bytes
import Machine

extension FATFilesystem.Kind {
    /// Bits of an entry of the table.
    var bits: UInt64 {
        switch self {
        case .fat12: 12
        case .fat16: 16
        case .fat32: 32
        }
    }

    /// The highest number a cluster can have; above it, one marks bad clusters and the others the end of a chain.
    var lastCluster: UInt64 {
        switch self {
        case .fat12: 0xff6
        case .fat16: 0xfff6
        case .fat32: 0x0fff_fff6
        }
    }
}

extension FATFilesystem {
    /// The bytes of a chain of clusters, `most` of them or a little more; fewer where the chain ends before.
    ///
    /// Each cluster is in one chain once: one that comes again is a loop, and the rest is not what was written.
    func chain(from first: UInt32, most: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var seen: Set<UInt32> = []
        var window = Window()
        var cluster = first
        while bytes.count < most {
            guard cluster >= 2, cluster < clusterEnd else { return bytes }
            // Clusters that follow one another are read at once.
            var run: UInt64 = 0
            let start = cluster
            repeat {
                guard seen.insert(cluster).inserted else {
                    throw flaw("a chain of clusters leads back into itself")
                }
                run += 1
                cluster = try next(after: cluster, &window)
            } while UInt64(cluster) == UInt64(start) + run && cluster < clusterEnd
                && bytes.count + Int(run) * clusterSize < most
            let offset = dataStart + UInt64(start - 2) * UInt64(clusterSize)
            let wanted = Int(run) * clusterSize
            let got = try source.read(at: offset, count: wanted)
            bytes += got
            // Short means that the disk ends before the filesystem does.
            guard got.count == wanted else { return bytes }
        }
        return bytes
    }

    /// A part of the table, so that a chain does not read the disk for each of its clusters.
    private struct Window {
        var start: UInt64 = 0
        var bytes: [UInt8] = []
    }

    /// The entry of a cluster in the table; 0, which is no cluster, where the table ends before it.
    private func next(after cluster: UInt32, _ window: inout Window) throws(SystemError) -> UInt32 {
        let bit = UInt64(cluster) * kind.bits
        let offset = tableStart + bit / 8
        let length = kind == .fat32 ? 4 : 2
        if offset < window.start || offset + UInt64(length) > window.start + UInt64(window.bytes.count) {
            window.start = offset / 512 * 512
            // An entry of FAT12 may lie across two sectors.
            window.bytes = try source.read(at: window.start, count: 8192)
        }
        let inside = Int(offset - window.start)
        if kind == .fat32 { return (window.bytes.little(UInt32.self, at: inside) ?? 0) & 0x0fff_ffff }
        let word = UInt32(window.bytes.little(UInt16.self, at: inside) ?? 0)
        guard kind == .fat12 else { return word }
        return bit % 8 == 0 ? word & 0xfff : word >> 4
    }
}
