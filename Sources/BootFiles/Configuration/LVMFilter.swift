/// A filter of lvm.conf: patterns like `a|^/dev/sda|` and `r|.*|`, of which the first that matches decides.
package struct LVMFilter: Codable, Sendable, Hashable {
    package var patterns: [String]

    package init(_ patterns: [String]) { self.patterns = patterns }

    /// Whether a device passes: its first name that a pattern accepts lets it in, else one that is rejected keeps it
    /// out, and what no pattern matches passes (lvm2, lib/filters/filter-regex.c). Nil where a pattern cannot be read.
    package func accepts(aliases: [String]) -> Bool? {
        let rules = patterns.map(Self.rule)
        guard !rules.contains(where: { $0 == nil }) else { return nil }
        var isRejected = false
        for alias in aliases {
            guard let rule = rules.lazy.compactMap(\.self).first(where: { $0.expression.matches(alias) })
            else { continue }
            if rule.accepts { return true }
            isRejected = true
        }
        return !isRejected
    }

    /// As `accepts(aliases:)`, for a device that is known by one name.
    package func accepts(_ path: String) -> Bool? { accepts(aliases: [path]) }

    // "a" or "r", then the expression between two delimiters: brackets pair, anything else repeats.
    private static func rule(_ pattern: String) -> (accepts: Bool, expression: LVMExpression)? {
        let bytes = Array(pattern.utf8)
        guard bytes.count >= 3, bytes[0] == UInt8(ascii: "a") || bytes[0] == UInt8(ascii: "r") else {
            return nil
        }
        let close: UInt8 =
            switch bytes[1] {
            case UInt8(ascii: "("): UInt8(ascii: ")")
            case UInt8(ascii: "["): UInt8(ascii: "]")
            case UInt8(ascii: "{"): UInt8(ascii: "}")
            default: bytes[1]
            }
        guard bytes[bytes.count - 1] == close,
            let expression = LVMExpression(Array(bytes[2..<(bytes.count - 1)]))
        else { return nil }
        return (bytes[0] == UInt8(ascii: "a"), expression)
    }
}
