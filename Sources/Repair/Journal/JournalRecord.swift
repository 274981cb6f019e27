import FoundationEssentials

/// One line of a journal.
///
/// A journal is a directory, `/var/lib/bootmend/ID` in the installed system and `/run/bootmend/ID` beside it, mode
/// 0700, with these files:
///
/// - `journal`: one JSON object a line, each flushed to the disk before the next thing happens. A line that was cut
///   short by a power failure is skipped.
///
///       {"begin":{"id":"3","installation":"/dev/rhel/root","schema":1,"system":"7c1f…"}}
///       {"change":{"command":[…],"kind":"build","number":1,"title":"Rebuild the initramfs of 6.1.0-28-amd64"}}
///       {"was":{"change":1,"item":{"file":{"path":"/boot/initrd.img-6.1.0-28-amd64",…}}}}
///       {"left":{"change":1,"item":…}}
///       {"done":{"number":1}}
///       {"end":{"how":"applied"}}
///
///   `was` is what there was before the change, "nothing" included, and comes before it; `left` is how the change left
///   it, so that a later undo knows whether somebody else has been there since. No `end`: the run was cut short.
/// - `1-fstab`, `2-sda`, …: the bytes that were there, named by the `was` lines with offset, length and CRC-32.
/// - `log`: what the tools said.
enum JournalRecord: Codable, Sendable, Hashable {
    case begin(schema: Int, id: String, installation: String, system: String? = nil)
    case change(number: Int, kind: String, title: String, command: [String]?)
    case was(change: Int, item: SavedItem)
    case left(change: Int, trace: Trace)
    case done(number: Int)
    /// Before anything of it is put back.
    case undoing(number: Int)
    /// It is as it was before, although the run stays.
    case takenBack(number: Int)
    case end(how: Ending)

    enum Ending: String, Codable, Sendable, Hashable {
        case applied, undone, stuck
        case rolledBack = "rolled-back"
    }
}

/// What was at a place before a change.
enum SavedItem: Codable, Sendable, Hashable {
    case absent(path: String)
    case file(path: String, backup: Backup, attributes: Attributes)
    case link(path: String, target: String)
    case directory(path: String, attributes: Attributes)
    /// A directory with everything under it, directories before what they hold.
    indirect case tree(path: String, entries: [SavedItem])
    /// Bytes of a disk from `start` on.
    case area(disk: SavedDisk, start: UInt64, backup: Backup)

    /// A variable of the firmware's; no bytes where there was none.
    case variable(path: String, backup: Backup?)

    /// Bytes in a file of the journal.
    struct Backup: Codable, Sendable, Hashable {
        var file: String
        var offset: UInt64
        var size: UInt64
        /// CRC-32 as in zip.
        var checksum: UInt32
    }

    /// Where it is: a path, or a device.
    var subject: String {
        switch self {
        case .absent(let path), .file(let path, _, _), .link(let path, _), .directory(let path, _),
            .tree(let path, _), .variable(let path, _):
            path
        case .area(let disk, _, _): disk.device
        }
    }
}

/// A disk as it can be found again when the kernel has given it another name.
struct SavedDisk: Codable, Sendable, Hashable {
    var device: String
    var serial: String?
    var size: UInt64
    /// `BootArea.identity`, in hexadecimal.
    var table: String
    /// UUIDs of the array members and physical volumes in its partitions: twins with one table differ in these.
    var members: [String]
}

/// How a change left a place: enough to see whether somebody else has changed it since.
enum Trace: Codable, Sendable, Hashable {
    case absent(path: String)
    case file(path: String, size: UInt64, seconds: Int, nanoseconds: Int)
    case area(device: String, start: UInt64, checksum: UInt32)
    /// The kernel makes its times up at each start; nil for none.
    case variable(path: String, checksum: UInt32?)
    /// CRC-32 over names, sizes and times of what lies deeper than its first level: grubenv and grub.cfg, which change
    /// at every boot, lie on the first.
    case tree(path: String, checksum: UInt32)
}

extension JournalRecord {
    /// Which run it begins, and of which system.
    var begun: (schema: Int, id: String, system: String?)? {
        if case .begin(let schema, let id, _, let system) = self { (schema, id, system) } else { nil }
    }

    // A tree of twenty thousand entries. Reading JSON takes many times its size in memory, and this lies on a broken disk.
    static let longestLine = 8 << 20

    /// The line, newline included.
    func line() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// The lines of a journal, without a last one that was cut short: before its end was on the disk, nothing that it
    /// announces was done. `damagedLine` is the first that cannot be read, counted from 1.
    static func records(in journal: [UInt8]) -> (records: [JournalRecord], damagedLine: Int?) {
        let decoder = JSONDecoder()
        let lines = journal.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        var records: [JournalRecord] = []
        var damagedLine: Int?
        for (number, line) in zip(1..., lines) {
            if line.count <= longestLine,
                let record = try? decoder.decode(JournalRecord.self, from: Data(line))
            {
                records.append(record)
            } else {
                damagedLine = damagedLine ?? number
            }
        }
        return (records, damagedLine)
    }
}
