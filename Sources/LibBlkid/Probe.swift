internal import CBlkid
internal import Glibc

/// libblkid's look at one range of an open device or image file.
///
/// The descriptor is borrowed and must stay open as long as the probe: `blkid_new_probe_from_filename` would own a
/// private one that `blkid_probe_set_device` closes under its feet. It must not be `O_DIRECT`, since libblkid reads
/// into buffers of any alignment.
package struct Probe: ~Copyable {
    private let handle: OpaquePointer
    private let subject: String

    /// Looks at `size` bytes from `offset`; `sectorSize` 0 leaves the device's own (512 for a file).
    package init(
        descriptor: Int32, offset: UInt64, size: UInt64, sectorSize: Int = 0, subject: String
    ) throws(BlkidError) {
        guard let start = Int64(exactly: offset), let length = Int64(exactly: size), length > 0 else {
            throw BlkidError("probe", subject, number: EINVAL)
        }
        guard let handle = blkid_new_probe() else {
            throw BlkidError("make a probe for", subject, number: ENOMEM)
        }
        errno = 0
        guard blkid_probe_set_device(handle, descriptor, start, length) == 0 else {
            let number = errno
            // The owner does not exist yet, so its deinit cannot free this.
            blkid_free_probe(handle)
            throw BlkidError("probe", subject, number: number)
        }
        self.handle = handle
        self.subject = subject
        if sectorSize > 0 { blkid_probe_set_sectorsize(handle, UInt32(clamping: sectorSize)) }
    }

    deinit { blkid_free_probe(handle) }

    /// The filesystem, raid, crypto and swap signatures in the range; all of them where they contradict each other.
    package func signatures() throws(BlkidError) -> Signatures {
        blkid_probe_enable_superblocks(handle, 1)
        // BLKID_SUBLKS_DEFAULT is an OR of four macros, which Swift does not import.
        blkid_probe_set_superblocks_flags(
            handle,
            BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID | BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE
                | BLKID_SUBLKS_VERSION)
        errno = 0
        // 0 found, 1 nothing, -1 failed, -2 several that contradict each other (blkid_do_safeprobe(3)).
        switch blkid_do_safeprobe(handle) {
        case 0: return Signatures(first: superblock())
        case 1: return Signatures()
        case -2: return allSignatures()
        default: throw BlkidError("probe", subject, number: errno)
        }
    }

    // blkid_do_probe answers with one signature a call; there are fewer than a hundred kinds.
    private func allSignatures() -> Signatures {
        blkid_reset_probe(handle)
        var found: [Superblock] = []
        while found.count < 100, blkid_do_probe(handle) == 0 {
            if let superblock = superblock() { found.append(superblock) }
        }
        return Signatures(first: found.first, others: Array(found.dropFirst()))
    }

    private func superblock() -> Superblock? {
        guard let type = value("TYPE") else { return nil }
        return Superblock(
            type: type, usage: value("USAGE"), uuid: value("UUID"), subUUID: value("UUID_SUB"),
            label: value("LABEL"),
            version: value("VERSION"))
    }

    private func value(_ name: String) -> String? {
        var text: UnsafePointer<CChar>?
        guard blkid_probe_lookup_value(handle, name, &text, nil) == 0, let text else { return nil }
        return String(cString: text)
    }

    /// The partition table in the range, or nil where libblkid sees none.
    package func partitions() -> PartitionList? {
        blkid_probe_enable_partitions(handle, 1)
        blkid_probe_set_partitions_flags(handle, BLKID_PARTS_ENTRY_DETAILS)
        guard let list = blkid_probe_get_partitions(handle) else { return nil }
        return PartitionList(list)
    }
}
