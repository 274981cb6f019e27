internal import CMount
import Glibc

/// The options of a mount, `rw,noatime,subvol=@`: unknown ones are kept as they are.
package struct MountOptions: Codable, Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral
{
    /// As written, commas and quotes included.
    package var text: String

    package init(_ text: String) { self.text = text }
    package init(stringLiteral text: String) { self.text = text }
    package init(_ words: [String]) { text = words.joined(separator: ",") }

    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var description: String { text }

    /// One option: its name, and what follows the equals sign.
    package struct Option: Sendable, Hashable {
        package var name: String
        package var value: String?

        package var text: String { value.map { name + "=" + $0 } ?? name }
    }

    /// The options one by one; a comma inside quotes parts nothing. What follows a syntax error is left out.
    package var list: [Option] {
        var found: [Option] = []
        text.withCString { start in
            var rest: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(mutating: start)
            var name: UnsafeMutablePointer<CChar>?
            var value: UnsafeMutablePointer<CChar>?
            var nameLength = 0
            var valueLength = 0
            while mnt_optstr_next_option(&rest, &name, &nameLength, &value, &valueLength) == 0,
                let begin = name
            {
                found.append(
                    Option(
                        name: Self.text(begin, nameLength), value: value.map { Self.text($0, valueLength) }))
                name = nil
                value = nil
            }
        }
        return found
    }

    package func contains(_ name: String) -> Bool { list.contains { $0.name == name } }

    /// The value of an option; the last one wins, as in mount(8). "" where it has none, nil where it is absent.
    package func value(_ name: String) -> String? { list.last { $0.name == name }.map { $0.value ?? "" } }

    private static func text(_ start: UnsafePointer<CChar>, _ count: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: start, count: max(0, count)), as: UTF8.self)
    }
}
