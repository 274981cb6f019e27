/// `/var/cache/debconf/config.dat`: the answers that package scripts work from, such as the disks to install GRUB on.
package struct DebconfDatabase: Codable, Sendable, Hashable {
    package static let path = "/var/cache/debconf/config.dat"
    /// The disks that each upgrade of grub-pc writes to; others keep an old core image.
    package static let installDevices = "grub-pc/install_devices"

    package var values: [String: String]

    package init(values: [String: String] = [:]) { self.values = values }

    /// Reads the values of the questions asked for (debconf-devel(7): stanzas of `Field: value`).
    package init(parsing text: String, questions: Set<String>) {
        values = [:]
        let bytes = Array(text.utf8)
        var question: String?
        for line in TextLine.lines(of: bytes) {
            guard !line.range.isEmpty else {
                question = nil
                continue
            }
            if let name = Self.value("Name:", bytes[line.range]) {
                question = questions.contains(name) ? name : nil
            } else if let question, let value = Self.value("Value:", bytes[line.range]) {
                values[question] = value
            }
        }
    }

    /// A value that is a list: `/dev/sda, /dev/sdb`.
    package func list(_ question: String) -> [String]? {
        values[question]?.split(separator: ",").map { piece in
            String(piece.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    private static func value(_ field: String, _ line: ArraySlice<UInt8>) -> String? {
        guard line.starts(with: field.utf8) else { return nil }
        return String(decoding: line.dropFirst(field.utf8.count).drop { $0 == 32 }, as: UTF8.self)
    }
}
