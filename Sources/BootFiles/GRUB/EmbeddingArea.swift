/// The room on a disk where a core image may lie without belonging to any filesystem, in bytes from the disk's start.
package struct EmbeddingArea: Codable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, Hashable {
        /// Between the boot record and the first partition of an MBR disk.
        case gap
        /// A GPT partition of type 21686148-6449-6E6F-744E-656564454649.
        case biosBoot = "bios-boot"
    }

    package var kind: Kind
    package var start: UInt64
    package var length: UInt64

    package init(kind: Kind, start: UInt64, length: UInt64) {
        self.kind = kind
        self.start = start
        self.length = length
    }

    /// The gap of an MBR disk; `firstPartition` is where the lowest partition starts. Nil where there is none.
    ///
    /// GRUB uses the sectors from 1 up to the one before the first partition (partmap/msdos.c,
    /// pc_partition_map_embed); an EBR does not count as a partition.
    package static func gap(beforePartitionAt firstPartition: UInt64) -> EmbeddingArea? {
        guard firstPartition > 512 else { return nil }
        return EmbeddingArea(kind: .gap, start: 512, length: firstPartition - 512)
    }

    /// The BIOS boot partition of a GPT disk.
    package static func biosBoot(at start: UInt64, length: UInt64) -> EmbeddingArea {
        EmbeddingArea(kind: .biosBoot, start: start, length: length)
    }

    /// Whether a core image of `bytes` (a core.img file) fits; its redundancy takes what is left over.
    package func holds(coreOf bytes: UInt64) -> Bool { bytes <= length / 512 * 512 }

    /// The first sector of a core image in it.
    package var sector: UInt64 { start / 512 }
}
