import Glibc
import LibMount
import Machine
import Storage

/// Where the bytes of a volume are to be had for looking: a node that runs, or a range of a disk.
enum VolumeSource: Hashable {
    /// An assembled array, an active logical volume, an opened container.
    case node(String)
    /// Runs of bytes on disks, end to end.
    case pieces([DiskRange])

    struct DiskRange: Hashable {
        var path: String
        var offset: UInt64
        var length: UInt64
    }

    /// A copy that is asked for is read from its disks; else what runs is preferred, since it is whole and current by
    /// the kernel's own judgement.
    static func of(_ volume: Volume, in map: StorageMap, copy: Copy?) throws(SystemError) -> VolumeSource {
        if copy == nil, let node = volume.node, volume.kind != .disk,
            volume.kind != .partition || volume.copies.isEmpty
        {
            return .node(node)
        }
        guard let chosen = copy ?? preferred(volume.copies) else {
            throw SystemError(
                "look at", volume.name,
                detail: volume.unmapped ?? volume.failure ?? "where it lies is not known")
        }
        var ranges: [DiskRange] = []
        for piece in chosen.pieces {
            guard piece.length > 0, piece.offset % 512 == 0,
                !piece.offset.addingReportingOverflow(piece.length).overflow
            else {
                throw SystemError(
                    "look at", volume.name, detail: "its extents on '\(piece.disk)' make no sense")
            }
            let path = map.volume(piece.disk)?.node ?? piece.disk.rawValue
            if let last = ranges.last, last.path == path, last.offset + last.length == piece.offset {
                ranges[ranges.count - 1].length += piece.length
            } else {
                ranges.append(DiskRange(path: path, offset: piece.offset, length: piece.length))
            }
        }
        guard !ranges.isEmpty else { throw SystemError("look at", volume.name, detail: "it has no extents") }
        return .pieces(ranges)
    }

    private static func preferred(_ copies: [Copy]) -> Copy? {
        copies.first { $0.currency == .current } ?? copies.first { $0.currency == .unknown } ?? copies.first
    }

    /// The lines of a device-mapper table that joins loops over the ranges, `start length linear device offset` in
    /// sectors of 512 bytes (dm-linear).
    static func linearTable(_ parts: [(node: String, length: UInt64)]) -> [String] {
        var lines: [String] = []
        var start: UInt64 = 0
        for part in parts {
            lines.append("\(start) \(part.length / 512) linear \(part.node) 0")
            start += part.length / 512
        }
        return lines
    }
}
