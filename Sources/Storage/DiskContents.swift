import CLinux
import Glibc
import LibBlkid
import Machine

/// Reads what lies on open disks; every run of bytes once.
struct DiskContents: Contents {
    private let disks: [VolumeID: OpenDisk]
    private var known: [[Piece]: Content]

    init(_ disks: [VolumeID: OpenDisk], known: [[Piece]: Content]) {
        self.disks = disks
        self.known = known
    }

    mutating func content(of pieces: [Piece], named name: String) -> Content {
        if let content = known[pieces] { return content }
        let content = Self.read(pieces, of: disks, named: name)
        known[pieces] = content
        return content
    }

    mutating func content(of volume: VolumeID, through node: String) -> Content? {
        guard let open = try? OpenDisk(node) else { return nil }
        let pieces = [Piece(disk: volume, offset: 0, length: open.source.size)]
        if let content = known[pieces] { return content }
        let content = Self.read(pieces, of: [volume: open], named: node)
        known[pieces] = content
        return content
    }

    func raidSuperblock(at pieces: [Piece]) -> DMRaidSuperblock? {
        guard let view = try? View(pieces, name: "raid metadata", on: { disks[$0]?.source }),
            let sector = try? view.read(at: 0, count: 4096)
        else { return nil }
        return DMRaidSuperblock(sector)
    }

    /// Everything there is to know of a copy; what fails is said in the value.
    static func read(_ pieces: [Piece], of disks: [VolumeID: OpenDisk], named name: String) -> Content {
        var content = Content()
        do {
            let view = try View(pieces, name: name) { disks[$0]?.source }
            let ends = try Ends(view)
            let signatures = try signatures(of: pieces, view, disks)
            content.signature = Signature(signatures)
            content.superblocks = try MDSuperblock.find(on: ends)
            // LVM and the filesystem of a mirror's half belong to the mirror.
            guard !content.superblocks.contains(where: \.checksumHolds) else { return content }
            content.physicalVolume = try physicalVolume(on: ends)
            switch content.signature?.type {
            case "ext2", "ext3", "ext4", "ext4dev", "jbd":
                let log = try ExtLog(ends)
                content.log = log.log
                content.hasOrphans = log.hasOrphans
            case "xfs": content.log = try XFSLog.state(of: ends)
            case "btrfs":
                let superblock = try BtrfsSuperblock(of: view)
                content.log = superblock.log
                content.signature?.devices = superblock.devices.flatMap { $0 > 1 ? $0 : nil }
            case "crypto_LUKS":
                if try LUKSRequirements.isBeingReencrypted(view) {
                    content.signature?.isBeingReencrypted = true
                }
            default: break
            }
        } catch {
            content.failure = "\(error)"
        }
        return content
    }

    private static func signatures(
        of pieces: [Piece], _ view: View, _ disks: [VolumeID: OpenDisk]
    ) throws -> Signatures {
        if pieces.count == 1, let piece = pieces.first, let disk = disks[piece.disk], !disk.source.isApart {
            return try disk.signatures(at: piece.offset, size: piece.length, subject: view.name)
        }
        // libblkid wants one range of one file, and waits for it: a sparse copy of both ends, where superblocks lie.
        let copy = Descriptor(
            adopting: try check(negative: bm_memory_file(view.name), "allocate", "a memory file"))
        let number = copy.number
        try check(minusOne: { ftruncate(number, off_t(clamping: view.size)) }, "allocate", "a memory file")
        try copy.write(try view.read(at: 0, count: 2 << 20), at: 0, of: "a memory file")
        let tail = min(view.size, 128 << 10)
        try copy.write(
            try view.read(at: view.size - tail, count: Int(tail)), at: view.size - tail, of: "a memory file")
        return try Probe(descriptor: number, offset: 0, size: view.size, subject: view.name).signatures()
    }

    private static func physicalVolume(on source: Ends) throws -> FoundPhysicalVolume? {
        guard let label = try LVMLabel.find(on: source) else { return nil }
        var found = FoundPhysicalVolume(uuid: label.uuid, dataStart: label.dataAreas.first?.offset ?? 0)
        // A PV may carry its metadata at both ends; the newer whole one counts.
        for area in label.metadataAreas {
            do {
                guard let text = try LVMMetadataArea.text(in: area, of: source) else { continue }
                guard let group = VolumeGroup(try LVMText(parsing: text)) else {
                    throw LVMMetadataArea.Damage("the metadata text describes no volume group")
                }
                if group.seqno > found.group?.seqno ?? -1 { found.group = group }
            } catch {
                found.failure = "\(error)"
            }
        }
        if found.group != nil { found.failure = nil }
        return found
    }
}

extension Signature {
    init?(_ signatures: Signatures) {
        guard let first = signatures.first else { return nil }
        self.init(
            type: first.type, usage: first.usage, uuid: first.uuid, subUUID: first.subUUID,
            label: first.label,
            version: first.version,
            ambivalent: signatures.others.map(\.type))
    }
}
