import Bytes
import Glibc
import Machine
import Storage

/// The bytes of a disk that a boot loader writes: the boot code in the first sector, and the place of the core image.
///
/// The first sector holds the partition table too, at 446, behind the disk signature at 440; on a disk with a GPT the
/// next sectors are the table. Neither is ever written back.
struct BootArea: Sendable {
    let disk: SavedDisk
    /// The disk signature and the partition table, as they are.
    let tableBytes: [UInt8]
    /// Where the saved pieces begin, and how long they are; the first sector is always one.
    let pieces: [(start: UInt64, length: UInt64)]

    /// The boot code ends where the disk signature begins (Linux, include/linux/msdos_partition.h; GRUB,
    /// include/grub/i386/pc/boot.h: GRUB_BOOT_MACHINE_WINDOWS_NT_MAGIC 0x1b8).
    static let table = 440..<510
    // A core image is at most 0x78000 bytes; what a longer gap holds behind it is not GRUB's.
    private static let longest: UInt64 = 4 << 20

    /// What of `disk` GRUB may write when it embeds into `start`, `length`.
    init(device: String, start: UInt64, length: UInt64) throws {
        let source = try BlockSource(device)
        let head = try source.read(at: 0, count: 32768)
        guard head.count >= 1024 else {
            throw SystemError("read", device, detail: "it is shorter than a boot record")
        }
        tableBytes = Array(head[Self.table])
        disk = SavedDisk(
            device: device, serial: DiskIdentity.serial(of: device), size: source.size,
            table: Self.identity(of: head),
            members: DiskIdentity.members(of: source))
        if Self.isGPT(head) {
            pieces = [(0, 512)] + Self.biosBootPartitions(of: source, head)
        } else if start > 512 {
            pieces = [(0, 512), (start, min(length, Self.longest))]
        } else {
            pieces = [(0, min(max(512, start &+ length), Self.longest, source.size))]
        }
    }

    /// Disk signature and partition table; of a GPT the disk's GUID and the checksum of the entries as well, since the
    /// first sector is the same on all disks of a size (UEFI specification, 5.3.2).
    static func identity(of head: [UInt8]) -> String {
        let own = Array(head[table]).hex
        guard isGPT(head), let uuid = head.span(at: 512 + 56, count: 16),
            let checksum = head.span(at: 512 + 88, count: 4)
        else { return own }
        return own + uuid.hex + checksum.hex
    }

    static func isGPT(_ head: [UInt8]) -> Bool {
        head.span(at: 512, count: 8).map(Array.init) == Array("EFI PART".utf8)
    }

    // UEFI specification, 5.3.2 and 5.3.3; GRUB embeds into the first partition of this type (GRUB, partmap/gpt.c).
    private static func biosBootPartitions(
        of source: BlockSource, _ head: [UInt8]
    ) -> [(start: UInt64, length: UInt64)] {
        guard let first = head.little(UInt64.self, at: 512 + 72), first < 1 << 32,
            let count = head.little(UInt32.self, at: 512 + 80), count <= 1024,
            let size = head.little(UInt32.self, at: 512 + 84), size >= 128, size <= 4096,
            let entries = try? source.read(at: first * 512, count: Int(count) * Int(size))
        else { return [] }
        return (0..<Int(count)).compactMap { number in
            let entry = number * Int(size)
            guard entries.span(at: entry, count: 16).map(Array.init) == Array("Hah!IdontNeedEFI".utf8),
                let start = entries.little(UInt64.self, at: entry + 32),
                let end = entries.little(UInt64.self, at: entry + 40), start >= 34, end >= start,
                end < 1 << 54
            else { return nil }
            return (start * 512, min((end - start + 1) * 512, longest))
        }
    }

    /// Whether a boot loader may have these bytes of a disk: before its first partition, or in a BIOS boot partition. What a
    /// journal says lies on a disk that nobody vouches for.
    static func isBootLoaders(_ start: UInt64, count: Int, on source: BlockSource) throws -> Bool {
        let head = try source.read(at: 0, count: 32768)
        let (end, overflow) = start.addingReportingOverflow(UInt64(count))
        guard !overflow else { return false }
        if isGPT(head) {
            return end <= 512
                || biosBootPartitions(of: source, head).contains {
                    $0.start <= start && end <= $0.start + $0.length
                }
        }
        guard let first = MBREntry.all(in: head).map(\.start).filter({ $0 > 0 }).min() else { return false }
        return end <= UInt64(first) * 512
    }

    /// A checksum over everything but the partition table.
    static func checksum(_ bytes: [UInt8], at start: UInt64) -> UInt32 {
        var bytes = bytes
        if start == 0, bytes.count >= 512 {
            bytes.replaceSubrange(table, with: [UInt8](repeating: 0, count: 70))
        }
        return CRC32().standard(bytes)
    }

    /// Writes `bytes` back where they were, sector by sector where they differ, and reads them again to see that they
    /// are there. The partition table stays as it is now.
    static func putBack(_ bytes: [UInt8], at start: UInt64, on device: String) throws {
        let source = try BlockSource(device)
        var wanted = bytes
        let now = try source.read(at: start, count: bytes.count)
        guard now.count == wanted.count else {
            throw SystemError("write", device, detail: "it ends before byte \(start) + \(bytes.count)")
        }
        if start == 0, now.count >= 512 { wanted.replaceSubrange(table, with: now[table]) }
        let disk = try Descriptor(opening: device, O_RDWR)
        for offset in stride(from: 0, to: wanted.count, by: 512) {
            let end = min(offset + 512, wanted.count)
            let sector = Array(wanted[offset..<end])
            if sector != Array(now[offset..<end]) {
                try disk.write(sector, at: start + UInt64(offset), of: device)
            }
        }
        try disk.synchronize(device)
        guard try BlockSource(device).read(at: start, count: wanted.count) == wanted else {
            throw SystemError("write", device, detail: "what is read back is not what was written")
        }
    }
}
