import Bytes
import Machine

@testable import Storage

extension Target {
    static let storage = [
        Target("md", upTo: 4096) { bytes in
            let offset = (bytes.little(UInt64.self, at: 144) ?? 0) &* 512
            _ = MDSuperblock.parse1(bytes, at: offset, version: "1.2")
            _ = MDSuperblock.parse090(bytes, at: 65536)
        },
        Target("arrays", upTo: 3 * 4096, arrays),
        Target("lvm-label", upTo: 2048) { bytes in
            var bytes = bytes
            for start in stride(from: 0, to: bytes.count, by: 512) {
                bytes.put(
                    CRC32().lvm(bytes[min(start + 20, bytes.count)..<min(start + 512, bytes.count)]),
                    at: start + 16)
            }
            _ = LVMLabel(bytes)
        },
        Target("lvm-area", upTo: 8192, area),
        Target("lvm-text", upTo: 16384, groups),
        Target("dm-raid", upTo: 4 * 64) { bytes in
            let images = stride(from: 0, to: bytes.count, by: 64).map { start in
                (superblock: DMRaidSuperblock(Array(bytes[start...].prefix(64))), isRebuild: false)
            }
            _ = DMRaidSuperblock.judge(images)
        },
        Target("ext", upTo: 2048) { _ = try? ExtLog(MemorySource($0)) },
        Target("xfs", upTo: 64 * 512) { _ = try? XFSLog.state(of: FoldedSource($0)) },
        Target("fat", upTo: 16384, files),
        Target("btrfs", upTo: 0x10000 + 4096) { _ = try? BtrfsSuperblock(of: MemorySource($0)) },
    ]

    /// Each 4096 bytes are the superblock of a disk.
    private static func arrays(_ bytes: [UInt8]) {
        let contents = stride(from: 0, to: bytes.count, by: 4096).map { start in
            let bytes = Array(bytes[start...].prefix(4096))
            let offset = (bytes.little(UInt64.self, at: 144) ?? 0) &* 512
            return Content(
                superblocks: [
                    MDSuperblock.parse1(bytes, at: offset, version: "1.2"),
                    MDSuperblock.parse090(bytes, at: 65536),
                ].compactMap(\.self))
        }
        pullOutEach(contents)
    }

    /// The header's and the text's checksums are made right.
    private static func area(_ bytes: [UInt8]) {
        var bytes = bytes
        if let offset = bytes.little(UInt64.self, at: 40).flatMap(Int.init(exactly:)),
            let length = bytes.little(UInt64.self, at: 48).flatMap(Int.init(exactly:)),
            let size = bytes.little(UInt64.self, at: 32).flatMap(Int.init(exactly:)),
            offset >= 0, length > 0, offset < size, offset < bytes.count
        {
            let straight = bytes[offset...].prefix(min(length, size - offset))
            let wrapped = bytes.dropFirst(512).prefix(length - straight.count)
            bytes.put(CRC32().lvm(Array(straight) + wrapped), at: 56)
        }
        bytes.put(CRC32().lvm(bytes.prefix(512).dropFirst(4)), at: 0)
        _ = try? LVMMetadataArea.text(in: .init(offset: 0, size: 0), of: MemorySource(bytes))
    }

    /// Every file in it, as far as the survey of an ESP goes down.
    private static func files(_ bytes: [UInt8]) {
        for source in [MemorySource(bytes) as any ByteSource, FoldedSource(bytes)] {
            guard let files = try? FATFilesystem(source) else { continue }
            for name in ["", "EFI", "EFI/debian", "EFI/BOOT"] {
                for entry in ((try? files.list(name)) ?? []).prefix(16) where !entry.isDirectory {
                    _ = try? files.read(entry, limit: 1 << 20)
                    _ = try? files.head(of: entry, most: 512)
                    _ = try? files.entry(name + "/" + entry.name)
                }
            }
        }
    }

    /// A metadata text, on as many disks as it names physical volumes.
    private static func groups(_ bytes: [UInt8]) {
        guard let text = try? LVMText(parsing: bytes), let group = VolumeGroup(text) else { return }
        pullOutEach(
            group.physicalVolumes.prefix(4).map { physical in
                Content(
                    physicalVolume: FoundPhysicalVolume(
                        uuid: physical.uuid, dataStart: physical.dataStart, group: group))
            })
    }

    private static func pullOutEach(_ contents: [Content]) {
        var known: [[Piece]: Content] = [:]
        let volumes = contents.enumerated().map { number, content in
            let id = VolumeID("disk\(number)")
            let pieces = [Piece(disk: id, offset: 0, length: 1 << 30)]
            known[pieces] = content
            return Volume(
                id: id, kind: .disk, name: id.rawValue, size: 1 << 30, copies: [Copy(pieces: pieces)])
        }
        let disks = volumes.map { Disk(id: $0.id, size: $0.size, sectorSize: 512) }
        let map = Assembly.map(disks: disks, base: volumes, contents: FuzzedContents(contents: known))
        for disk in disks { _ = map.without(disk.id) }
    }
}

private struct FuzzedContents: Contents {
    var contents: [[Piece]: Content]
    func content(of pieces: [Piece], named name: String) -> Content { contents[pieces] ?? Content() }
    func content(of volume: VolumeID, through node: String) -> Content? { nil }
    func raidSuperblock(at pieces: [Piece]) -> DMRaidSuperblock? { nil }
}

/// A large disk out of few bytes: the first sector is its first, the others come again and again.
struct FoldedSource: ByteSource {
    let name = "folded"
    let size: UInt64 = 1 << 40
    private let first: [UInt8]
    private let rest: [UInt8]

    init(_ bytes: [UInt8]) {
        first = Array(bytes.prefix(512))
        let whole = max(0, bytes.count - 512) / 512 * 512
        rest = whole == 0 ? [UInt8](repeating: 0, count: 512) : Array(bytes[512..<512 + whole])
    }

    func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
        guard offset < size, count > 0 else { return [] }
        var bytes: [UInt8] = []
        let wanted = Int(min(UInt64(count), size - offset))
        bytes.reserveCapacity(wanted)
        while bytes.count < wanted {
            let position = offset + UInt64(bytes.count)
            let run =
                position < UInt64(first.count)
                ? first[Int(position)...]
                : rest[Int((position - UInt64(first.count)) % UInt64(rest.count))...]
            bytes += run.prefix(wanted - bytes.count)
        }
        return bytes
    }
}
