internal import CBlkid

/// A partition table as libblkid reads it.
package struct PartitionList: Sendable, Hashable {
    /// One entry.
    package struct Entry: Sendable, Hashable {
        package var number: Int
        /// Bytes from the start of the probed range.
        package var start: UInt64
        /// Bytes.
        package var size: UInt64
        /// `0x83` in an MBR, a GUID in lower case in a GPT.
        package var type: String
        package var uuid: String?
        package var name: String?
        /// The MBR entry's first byte (0x80 is active), the GPT entry's attributes.
        package var flags: UInt64
        /// A container of logical partitions, holding no data itself.
        package var isExtended: Bool
        package var isLogical: Bool
    }

    /// `dos`, `gpt`, …
    package var type: String
    package var uuid: String?
    package var entries: [Entry]

    init?(_ list: OpaquePointer) {
        guard let table = blkid_partlist_get_table(list), let type = blkid_parttable_get_type(table) else {
            return nil
        }
        self.type = String(cString: type)
        uuid = blkid_parttable_get_id(table).map { String(cString: $0) }
        entries = []
        for index in 0..<max(0, blkid_partlist_numof_partitions(list)) {
            guard let partition = blkid_partlist_get_partition(list, index) else { continue }
            // Tables inside partitions (BSD, Minix, Solaris) belong to those partitions, not to the disk.
            if let own = blkid_partition_get_table(partition), blkid_parttable_get_parent(own) != nil {
                continue
            }
            if let entry = Entry(partition) { entries.append(entry) }
        }
    }
}

extension PartitionList.Entry {
    fileprivate init?(_ partition: OpaquePointer) {
        // libblkid counts in 512-byte sectors whatever the disk's own are (blkid_partition_get_start(3)).
        let (start, overflow) = UInt64(clamping: blkid_partition_get_start(partition))
            .multipliedReportingOverflow(by: 512)
        let (size, tooLarge) = UInt64(clamping: blkid_partition_get_size(partition))
            .multipliedReportingOverflow(by: 512)
        guard !overflow, !tooLarge else { return nil }
        number = Int(blkid_partition_get_partno(partition))
        self.start = start
        self.size = size
        if let guid = blkid_partition_get_type_string(partition) {
            type = String(cString: guid).lowercased()
        } else {
            type = "0x" + String(blkid_partition_get_type(partition), radix: 16)
        }
        uuid = blkid_partition_get_uuid(partition).map { String(cString: $0) }
        name = blkid_partition_get_name(partition).map { String(cString: $0) }
        flags = UInt64(blkid_partition_get_flags(partition))
        isExtended = blkid_partition_is_extended(partition) != 0
        isLogical = blkid_partition_is_logical(partition) != 0
    }
}
