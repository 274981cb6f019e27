import LibBlkid
import Machine

/// What reading one disk alone gave: its table, its partitions and what they hold.
struct ReadDisk: Codable, Sendable {
    var disk: Disk
    /// The disk itself, then its partitions.
    var volumes: [Volume]
    var contents: [[Piece]: Content]
    var open: OpenDisk?

    // What is open stays in the process that opened it.
    private enum CodingKeys: CodingKey { case disk, volumes, contents }

    /// Reads a disk; `progress` is told of every step done, so that a disk that hangs can be told from a slow one.
    init(_ source: DiskSource, progress: () -> Void) {
        disk = Disk(
            id: source.id, size: 0, sectorSize: 512, serial: source.serial, wwid: source.wwid,
            modaliases: source.modaliases)
        disk.noteAccess(source)
        let kind: Volume.Kind = source.kind == .disk ? .disk : .container
        volumes = [
            Volume(id: source.id, kind: kind, name: source.node ?? source.path, node: source.node, size: 0)
        ]
        contents = [:]
        do {
            // Whoever reads a disk that may hang is a process of its own already.
            let open = try OpenDisk(source.path, apart: false)
            self.open = open
            progress()
            let size = open.source.size
            disk.size = size
            disk.sectorSize = open.sectorSize
            volumes[0].size = size
            guard size > 0 else { throw SystemError("read", source.path, detail: "it is empty") }
            volumes[0].copies = [Copy(pieces: [Piece(disk: source.id, offset: 0, length: size)])]
            if source.kind == .disk { try readTable(of: open, source) }
        } catch {
            disk.failure = "\(error)"
            volumes[0].failure = disk.failure
        }
        guard let open else { return }
        for volume in volumes {
            for copy in volume.copies {
                contents[copy.pieces] = DiskContents.read(
                    copy.pieces, of: [source.id: open], named: volume.name)
                progress()
            }
        }
        disk.noteReadError(of: open.source)
    }

    /// A disk of which nothing is known but why.
    init(_ source: DiskSource, failure: String) {
        disk = Disk(
            id: source.id, size: 0, sectorSize: 512, serial: source.serial, wwid: source.wwid,
            modaliases: source.modaliases, failure: failure)
        disk.noteAccess(source)
        volumes = [
            Volume(
                id: source.id, kind: source.kind == .disk ? .disk : .container,
                name: source.node ?? source.path,
                node: source.node, size: 0, failure: failure)
        ]
        contents = [:]
    }

    private mutating func readTable(of open: OpenDisk, _ source: DiskSource) throws {
        let (list, sectorSize) = try open.partitionTable()
        disk.sectorSize = sectorSize
        guard let list else { return }
        var table = PartitionTable(list, of: source)
        if table.type == "gpt" { table.remark = try GPTRemark.of(open.source, sectorSize: sectorSize) }
        disk.table = table
        for entry in list.entries where !entry.isExtended {
            let id = source.partition(entry.number)
            let now = source.partitions[entry.number]
            // The kernel keeps a table it read before it was changed; its node is then another range of bytes.
            let node = now?.start == entry.start && now?.size == entry.size ? now?.node : nil
            var volume = Volume(id: id, kind: .partition, name: id.rawValue, node: node, size: entry.size)
            let (end, overflow) = entry.start.addingReportingOverflow(entry.size)
            if overflow || end > disk.size {
                volume.failure = "it ends behind the end of the disk, which has \(disk.size) bytes"
            }
            if !overflow && entry.size > 0 && entry.start < disk.size {
                volume.copies = [
                    Copy(pieces: [Piece(disk: source.id, offset: entry.start, length: entry.size)])
                ]
            }
            volumes.append(volume)
        }
    }
}

extension Disk {
    fileprivate mutating func noteAccess(_ source: DiskSource) {
        isReadOnly = source.isReadOnly
        otherPaths = source.otherPaths.isEmpty ? nil : source.otherPaths
    }
}

extension PartitionTable {
    init(_ list: PartitionList, of source: DiskSource) {
        self.init(
            type: list.type, uuid: list.uuid,
            partitions: list.entries.map { entry in
                Partition(
                    id: source.partition(entry.number), number: entry.number, start: entry.start,
                    size: entry.size,
                    type: entry.type, uuid: entry.uuid, name: entry.name,
                    isActive: list.type == "dos" && entry.flags & 0x80 != 0)
            })
    }
}
