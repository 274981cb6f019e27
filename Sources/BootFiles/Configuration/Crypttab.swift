/// crypttab(5): the encrypted volumes that are opened at boot.
package struct Crypttab: Codable, Sendable, Hashable {
    package static let path = "/etc/crypttab"

    /// One volume. Its key is a path or `none`; keys themselves never stand here.
    package struct Entry: Codable, Sendable, Hashable {
        /// Counted from 1.
        package var line: Int
        package var name: String
        /// `UUID=…` or a device path.
        package var source: String
        package var key: String?
        package var options: [String]

        package init(line: Int, name: String, source: String, key: String? = nil, options: [String] = []) {
            self.line = line
            self.name = name
            self.source = source
            self.key = key
            self.options = options
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry] = []) { self.entries = entries }

    /// Reads a crypttab; lines with fewer than two fields name no volume.
    package init(parsing text: String) {
        let bytes = Array(text.utf8)
        entries = TextLine.lines(of: bytes).compactMap { line in
            let fields = TextLine.words(of: bytes, in: line.range).map {
                String(decoding: bytes[$0], as: UTF8.self)
            }
            guard fields.count >= 2, !fields[0].hasPrefix("#") else { return nil }
            let key = fields.count > 2 && fields[2] != "none" && fields[2] != "-" ? fields[2] : nil
            let options = fields.count > 3 ? fields[3].split(separator: ",").map(String.init) : []
            return Entry(line: line.number, name: fields[0], source: fields[1], key: key, options: options)
        }
    }
}
