extension LVMText {
    /// Where and why a text is not in LVM's format.
    package struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        package var line: Int
        package var reason: String
        package var description: String { "line \(line): \(reason)" }
    }

    package init(parsing bytes: [UInt8]) throws(Fault) {
        var parser = Parser(bytes)
        self = try parser.section(depth: 0)
    }

    private struct Parser {
        private let bytes: [UInt8]
        private var position = 0
        private var entries = 0

        // LVM's own texts nest five deep; a thousand volumes make some thirty thousand entries.
        private static let deepest = 16
        private static let mostEntries = 400_000

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        private var next: UInt8? { position < bytes.count && bytes[position] != 0 ? bytes[position] : nil }

        mutating func section(depth: Int) throws(Fault) -> LVMText {
            guard depth < Self.deepest else { throw fault("sections nest more than \(Self.deepest) deep") }
            var result = LVMText()
            while let byte = skipSpace() {
                if byte == UInt8(ascii: "}") {
                    guard depth > 0 else { throw fault("a '}' that closes nothing") }
                    position += 1
                    return result
                }
                let name = byte == UInt8(ascii: "\"") ? try quoted() : word()
                guard !name.isEmpty else { throw fault("a name is missing") }
                try count()
                switch skipSpace() {
                case UInt8(ascii: "{"):
                    position += 1
                    result.append(name, .section(try section(depth: depth + 1)))
                case UInt8(ascii: "="):
                    position += 1
                    result.append(name, .value(try value()))
                default: throw fault("'\(name)' has neither a value nor a section")
                }
            }
            guard depth == 0 else { throw fault("the text ends inside a section") }
            return result
        }

        private mutating func value() throws(Fault) -> Value {
            guard skipSpace() == UInt8(ascii: "[") else { return try scalar() }
            position += 1
            var values: [Value] = []
            while let byte = skipSpace() {
                switch byte {
                case UInt8(ascii: "]"):
                    position += 1
                    return .list(values)
                case UInt8(ascii: ","): position += 1
                default:
                    try count()
                    values.append(try scalar())
                }
            }
            throw fault("the text ends inside a list")
        }

        private mutating func scalar() throws(Fault) -> Value {
            if skipSpace() == UInt8(ascii: "\"") { return .string(try quoted()) }
            let text = word()
            guard !text.isEmpty else { throw fault("a value is missing") }
            return Int64(text).map { .integer($0) } ?? .string(text)
        }

        private mutating func quoted() throws(Fault) -> String {
            position += 1
            var text: [UInt8] = []
            while let byte = next {
                position += 1
                if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
                if byte == UInt8(ascii: "\\"), let escaped = next {
                    position += 1
                    text.append(escaped)
                } else {
                    text.append(byte)
                }
            }
            throw fault("the text ends inside a string")
        }

        private mutating func word() -> String {
            let start = position
            while let byte = next, !Self.ends.contains(byte) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        private static let ends = Set(" \t\r\n={}[],#\"".utf8)

        /// The next byte that is neither white space nor comment, not taken yet.
        private mutating func skipSpace() -> UInt8? {
            while let byte = next {
                switch byte {
                case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                    position += 1
                case UInt8(ascii: "#"): while let byte = next, byte != UInt8(ascii: "\n") { position += 1 }
                default: return byte
                }
            }
            return nil
        }

        private mutating func count() throws(Fault) {
            entries += 1
            guard entries <= Self.mostEntries else { throw fault("more than \(Self.mostEntries) entries") }
        }

        private func fault(_ reason: String) -> Fault {
            Fault(line: 1 + bytes.prefix(position).count { $0 == UInt8(ascii: "\n") }, reason: reason)
        }
    }
}
