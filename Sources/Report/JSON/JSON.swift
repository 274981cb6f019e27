/// A JSON document that keeps its members in the order in which they were written, as the contract shows them.
package indirect enum JSON: Sendable, Hashable {
    case object([Member])
    case array([JSON])
    case string(String)
    case integer(Int64)
    case bool(Bool)

    /// A name and its value.
    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: JSON
    }

    /// An object without the members that have no value: absent is absent.
    package static func object(_ members: KeyValuePairs<String, JSON?>) -> JSON {
        .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }

    package static func array<Element>(_ elements: [Element], _ transform: (Element) -> JSON) -> JSON {
        .array(elements.map(transform))
    }

    package static func strings(_ strings: [String]) -> JSON { .array(strings.map(JSON.string)) }

    package static func string(_ text: String?) -> JSON? { text.map { .string($0) } }

    /// Numbers that a double cannot hold are still written in full; jq 1.7 and Python keep them.
    package static func integer<Integer: FixedWidthInteger>(_ number: Integer) -> JSON {
        .integer(Int64(clamping: number))
    }

    /// The document over several lines, ended by a newline.
    package var text: String {
        var text = ""
        write(to: &text, indent: 0)
        return text + "\n"
    }

    private func write(to text: inout String, indent: Int) {
        let blank = String(repeating: " ", count: indent + 2)
        switch self {
        case .object(let members):
            Self.list(members, between: ("{", "}"), indent, &text) { member, text in
                text += blank
                Self.quote(member.name, to: &text)
                text += ": "
                member.value.write(to: &text, indent: indent + 2)
            }
        case .array(let elements):
            Self.list(elements, between: ("[", "]"), indent, &text) { element, text in
                text += blank
                element.write(to: &text, indent: indent + 2)
            }
        case .string(let string): Self.quote(string, to: &text)
        case .integer(let number): text += String(number)
        case .bool(let bool): text += bool ? "true" : "false"
        }
    }

    private static func list<Element>(
        _ elements: [Element], between brackets: (String, String), _ indent: Int, _ text: inout String,
        _ write: (Element, inout String) -> Void
    ) {
        text += brackets.0
        for (index, element) in elements.enumerated() {
            text += index == 0 ? "\n" : ",\n"
            write(element, &text)
        }
        if !elements.isEmpty { text += "\n" + String(repeating: " ", count: indent) }
        text += brackets.1
    }

    private static func quote(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            default:
                text += spelledOut(scalar) ?? String(scalar)
            }
        }
        text += "\""
    }

    /// A document that somebody else has written, so that it can be looked at in a terminal as well.
    static func legible(_ document: String) -> String {
        document.unicodeScalars.reduce(into: "") { text, scalar in
            text += scalar == "\n" ? "\n" : spelledOut(scalar) ?? String(scalar)
        }
    }

    // RFC 8259 asks for the first 32 only; the others act on the terminal that the document is looked at in.
    private static func spelledOut(_ scalar: Unicode.Scalar) -> String? {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
            String(scalar).utf16.map { "\\u" + padded($0) }.joined()
        default: nil
        }
    }

    private static func padded(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// The contract's JSON documents. Each is a pure function of what a verb found.
package enum JSONReport {
    /// `{"schema": 1, …}`
    static func document(_ members: [JSON.Member]) -> JSON {
        .object([JSON.Member(name: "schema", value: .integer(1))] + members)
    }

    /// What stands on standard output when a verb could not do its work.
    package static func failure(message: String, hint: String?) -> JSON {
        .object([
            "schema": .integer(1),
            "error": .object(["message": .string(message), "hint": .string(hint)]),
        ])
    }
}
