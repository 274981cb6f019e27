import FoundationEssentials
import Machine

/// A rescue that was cut short, or could not take back all of what it had changed.
package struct CutShortRun: Codable, Sendable, Hashable {
    /// What `bootmend undo` calls it.
    package var id: String
    /// The change that it had begun last.
    package var title: String
    /// It failed, and putting back failed too.
    package var isStuck: Bool

    package init(id: String, title: String, isStuck: Bool = false) {
        self.id = id
        self.title = title
        self.isStuck = isStuck
    }

    /// Where they lie below /var.
    private static let directory = "/lib/bootmend"
    // As far as a rescue looks as well. Of a disk that is hostile all of it must not take long.
    private static let largest = 64 << 20
    private static let largestTogether = 256 << 20
    private static let longestLine = 64 << 10
    private static let mostLines = 4096
    private static let most = 256

    /// Those of an installed system, newest first, out of the journals in it; `variable` is its /var in the tree.
    ///
    /// A journal has one JSON object a line: `{"change":{"title":…}}` before something is changed, and at last
    /// `{"end":{"how":"applied"}}`, or `undone`, `rolled-back`, `stuck`.
    package static func all(
        in tree: RootDirectory, variable: String = "/var"
    ) throws(SystemError) -> [CutShortRun] {
        let directory = variable + directory
        let numbers = (try tree.list(directory, limit: 4096) ?? []).compactMap { Int($0) }.sorted(by: >)
        var found: [CutShortRun] = []
        var read = 0
        for number in numbers.prefix(most) where read < largestTogether {
            // One that cannot be read hides none of the others.
            guard let bytes = try? tree.read("\(directory)/\(number)/journal", limit: largest) else {
                continue
            }
            read += bytes.count
            if let run = CutShortRun(id: String(number), parsing: bytes) { found.append(run) }
        }
        return found
    }

    /// Nil for a run that came to an end, and for one that had begun nothing.
    init?(id: String, parsing journal: [UInt8]) {
        let decoder = JSONDecoder()
        var title: String?
        var end: String?
        var lines = 0
        var rest = journal[...]
        while !rest.isEmpty && lines < Self.mostLines {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest.dropFirst(line.count + 1)
            // Of what was there before, lines may be long, and say nothing of it.
            guard line.count <= Self.longestLine,
                line.starts(with: #"{"change""#.utf8) || line.starts(with: #"{"end""#.utf8)
            else { continue }
            lines += 1
            guard let record = try? decoder.decode(Line.self, from: Data(line)) else { continue }
            title = record.change?.title ?? title
            end = record.end?.how ?? end
        }
        guard let title, end == nil || end == "stuck" else { return nil }
        self.init(id: id, title: title, isStuck: end == "stuck")
    }

    private struct Line: Decodable {
        struct Change: Decodable { var title: String }
        struct End: Decodable { var how: String }
        var change: Change?
        var end: End?
    }
}
