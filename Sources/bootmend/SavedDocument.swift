import Machine
import Report

/// What one bootmend has saved in a file for another: a survey, or a plan.
enum SavedDocument {
    /// More than any of them has; a file that is larger is none.
    static let limit = 64 << 20

    /// The value of a file that was named; `kind` is what messages call it. The schema is looked at first: another one's
    /// values may have any shape.
    static func read<Value: Decodable>(
        _ type: Value.Type, from path: String, kind: String, schema: Int, hint: String
    ) throws -> Value {
        try Refusal.unlessThere(path)
        let bytes = try NamedFile.read(path, limit: limit)
        let found = try Document.schema(of: bytes, called: path, kind: kind)
        guard found == schema else {
            throw Refusal(
                "'\(path)' is a \(kind) of schema \(found), and this bootmend reads \(schema)", hint: hint)
        }
        return try Document.value(type, from: bytes, called: path, kind: kind)
    }

    /// Readable by its owner only: fstab and kernel command lines are nobody else's business.
    static func write(_ value: some Encodable, to path: String) throws {
        try NamedFile.write(try Document.bytes(of: value, called: path), to: path, mode: 0o600)
    }
}
