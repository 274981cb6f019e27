import FoundationEssentials
import Machine

/// A value saved in a file to be read by another bootmend: a survey, or a plan.
///
/// Keys are in snake_case as in every document of bootmend, and sorted, so that two files can be compared.
package enum Document {
    package static func bytes(of value: some Encodable, called name: String) throws(SystemError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .custom { path in Key(path.last.map { snake($0.stringValue) } ?? "") }
        do {
            let bytes = Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
            // Names of a broken disk are in it; nearly always they are plain.
            guard bytes.contains(where: { $0 >= 0x7f }) else { return bytes }
            return Array(JSON.legible(String(decoding: bytes, as: UTF8.self)).utf8)
        } catch {
            throw SystemError("save", name, detail: "\(error)")
        }
    }

    /// The schema that a saved value has, told whatever else it holds: another schema's may be of another shape.
    package static func schema(of bytes: [UInt8], called name: String, kind: String) throws(SystemError)
        -> Int
    {
        try value(Numbered.self, from: bytes, called: name, kind: kind).schema
    }

    private struct Numbered: Decodable { let schema: Int }

    /// `kind` is what messages call it: "survey".
    package static func value<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], called name: String, kind: String = "document of bootmend"
    ) throws(SystemError) -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { path in Key(path.last.map { camel($0.stringValue) } ?? "") }
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw SystemError(
                "read", name, detail: reason(error, bytes, kind), hint: "was it written by 'bootmend'?")
        } catch {
            throw SystemError("read", name, detail: "\(error)")
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Words that Swift names write in capitals: without this list `root_uuid` would come back as `rootUuid`.
    private static let capitals: Set<String> = [
        "uuid", "id", "md", "lv", "vg", "pv", "esp", "efi", "bls", "uefi", "luks",
    ]

    static func snake(_ name: String) -> String {
        var text = ""
        var previous: Character?
        let letters = Array(name)
        for (index, letter) in letters.enumerated() {
            let next = index + 1 < letters.count ? letters[index + 1] : nil
            if letter.isUppercase, let previous, previous != "_",
                !previous.isUppercase || (next?.isLowercase ?? false)
            {
                text.append("_")
            }
            text += letter.lowercased()
            previous = letter
        }
        return text
    }

    static func camel(_ name: String) -> String {
        let words = name.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        guard let first = words.first, !first.isEmpty else { return name }
        let rest = words.dropFirst().map { word in
            capitals.contains(word) ? word.uppercased() : word.prefix(1).uppercased() + word.dropFirst()
        }
        return first + rest.joined()
    }

    private static func reason(_ error: DecodingError, _ bytes: [UInt8], _ kind: String) -> String {
        let place = { (context: DecodingError.Context) in
            context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            return
                "'\(([place(context)].filter { !$0.isEmpty } + [key.stringValue]).joined(separator: "."))' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let at = place(context)
            return at.isEmpty ? "it is JSON, but no \(kind)" : "'\(at)' has an unexpected value"
        case .dataCorrupted(let context):
            let at = place(context)
            if !at.isEmpty { return "'\(at)' has an unexpected value" }
            return isJSON(bytes) ? "a value in it is damaged or out of range" : "it is not JSON"
        @unknown default: return "\(error)"
        }
    }

    // FoundationEssentials calls a number that does not fit its type "not valid JSON", without a place.
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        (try? JSONDecoder().decode(Anything.self, from: Data(bytes))) != nil
    }

    private struct Anything: Decodable {
        init(from decoder: any Decoder) {}
    }
}
