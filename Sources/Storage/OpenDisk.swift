import CLinux
import Glibc
import LibBlkid
import Machine

/// A disk, image or container held open for reading: past the page cache for bootmend's own readers, and through a
/// freshly emptied one for libblkid, whose buffers are not aligned for `O_DIRECT`.
final class OpenDisk: Sendable {
    let source: BlockSource
    private let buffered: Descriptor

    /// `apart` as of `BlockSource`.
    init(_ path: String, apart: Bool = true) throws(SystemError) {
        source = try BlockSource(path, apart: apart)
        buffered = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
    }

    /// Sector size to look at first; an image does not say, 512 is by far the most likely.
    var sectorSize: Int { source.sectorSize == 0 ? 512 : source.sectorSize }

    /// The partition table and the sector size with which it makes sense.
    func partitionTable() throws -> (table: PartitionList?, sectorSize: Int) {
        for size in source.isBlockDevice ? [sectorSize] : [512, 4096] {
            if let table = try partitionTable(sectorSize: size) { return (table, size) }
        }
        return (nil, sectorSize)
    }

    private func partitionTable(sectorSize: Int) throws -> PartitionList? {
        // libblkid answers "no table" for a disk that cannot be read; reading a sector first tells them apart.
        _ = try source.read(at: 0, count: sectorSize)
        forget()
        defer { forget() }
        let probe = try Probe(
            descriptor: buffered.number, offset: 0, size: source.size, sectorSize: sectorSize,
            subject: source.name)
        return probe.partitions()
    }

    /// What libblkid recognises on a run of bytes. It reads in this process, whatever the device does.
    func signatures(at offset: UInt64, size: UInt64, subject: String) throws -> Signatures {
        forget()
        defer { forget() }
        let end = source.size
        guard offset < end else { return Signatures() }
        let probe = try Probe(
            descriptor: buffered.number, offset: offset, size: min(size, end - offset),
            sectorSize: sectorSize,
            subject: subject)
        return try probe.signatures()
    }

    // What the page cache holds of a disk may be older than what MD, LVM or a filesystem wrote through another device,
    // and the programs that read after us should not find our pages either.
    private func forget() {
        if source.isBlockDevice { _ = bm_drop_cache(buffered.number) }
    }
}
