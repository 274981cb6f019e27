/// Turns an edited text back into bytes without touching what was not edited.
///
/// Configuration files may hold Latin-1 in their comments. Read as text, ill-formed bytes were replaced; a line that
/// is the same as before goes back as the bytes it was.
enum FaithfulText {
    static func bytes(of text: String, before: [UInt8]) -> [UInt8] {
        guard String(validating: before, as: UTF8.self) == nil else { return Array(text.utf8) }
        let newline = UInt8(ascii: "\n")
        var originals: [String: [UInt8]] = [:]
        for line in before.split(separator: newline, omittingEmptySubsequences: false) {
            originals[String(decoding: line, as: UTF8.self)] = Array(line)
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            originals[String(line)] ?? Array(line.utf8)
        }
        return Array(lines.joined(separator: [newline]))
    }
}
