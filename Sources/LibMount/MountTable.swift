internal import CMount
import Glibc

/// A table of filesystems as libmount reads it: fstab(5), /proc/self/mountinfo or /proc/swaps.
///
/// It owns the library's table; what comes out are values.
struct MountTable: ~Copyable {
    private let table: OpaquePointer
    private let name: String

    /// Which of the three a text is. libmount guesses it from the first line it sees, so each begins with a line that
    /// leaves no doubt: an fstab that starts with two numbers would be taken for a mountinfo.
    enum Format: String {
        case fstab, mountinfo, swaps

        fileprivate var opening: String {
            switch self {
            case .fstab: "none none none"
            case .mountinfo: "1 1 0:1 / / rw - none none rw"
            case .swaps: "Filename\t\t\t\tType\t\tSize\tUsed\tPriority"
            }
        }
    }

    init(_ format: Format) throws(LibMountError) {
        guard let table = mnt_new_table() else {
            throw LibMountError("read", format.rawValue, number: ENOMEM)
        }
        self.table = table
        name = format.rawValue
        _ = append(format.opening)
    }

    /// Parses one line. Answers the entry it came to, valid until the table goes; nil for a line without one.
    ///
    /// Lines go in one at a time since libmount keeps no line numbers, and so that one bad line is one bad line.
    func append(_ line: String) -> OpaquePointer? {
        let before = mnt_table_get_nents(table)
        var bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
        bytes.withUnsafeMutableBytes { buffer in
            guard let stream = fmemopen(buffer.baseAddress, buffer.count, "r") else { return }
            // The status says only that the stream has ended; whether the line held an entry, the count says.
            _ = mnt_table_parse_stream(table, stream, name)
            fclose(stream)
        }
        guard mnt_table_get_nents(table) > before else { return nil }
        var entry: OpaquePointer?
        guard mnt_table_last_fs(table, &entry) == 0 else { return nil }
        return entry
    }

    deinit { mnt_unref_table(table) }
}

/// Reads a whole text, line by line, into values of one kind.
///
/// The texts come from disks nobody vouches for: past `limit` lines nothing is read.
func readTable<Entry>(
    _ format: MountTable.Format, _ text: String, limit: Int = 65536, _ value: (OpaquePointer, Int) -> Entry?
) -> (entries: [Entry], broken: [BrokenLine]) {
    guard let table = try? MountTable(format) else { return ([], []) }
    var entries: [Entry] = []
    var broken: [BrokenLine] = []
    // Swift takes "\r\n" for one character; fstab's line ends at the newline alone.
    let lines = text.utf8.split(
        separator: UInt8(ascii: "\n"), maxSplits: limit, omittingEmptySubsequences: false)
    for (index, bytes) in lines.prefix(limit).enumerated() {
        let line = String(decoding: bytes, as: UTF8.self)
        let first = bytes.first {
            $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\r")
        }
        guard let first, first != UInt8(ascii: "#") else { continue }
        if let pointer = table.append(line), let entry = value(pointer, index + 1) {
            entries.append(entry)
        } else if !(format == .swaps && index == 0) {
            broken.append(BrokenLine(line: index + 1, text: line))
        }
    }
    return (entries, broken)
}

/// A line that is no entry, as it stands in the file.
package struct BrokenLine: Codable, Sendable, Hashable {
    /// Counted from 1.
    package var line: Int
    package var text: String

    package init(line: Int, text: String) {
        self.line = line
        self.text = text
    }
}

/// The C string a getter of libmount lends, copied; "" for NULL.
func copied(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }
