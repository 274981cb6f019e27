/// LVM's text format as a tree: `name { key = value … }` (lib/config/config.c, man lvm.conf).
///
/// The metadata of a broken disk is read with it, so depth, length and number of entries are bounded.
package struct LVMText: Sendable, Hashable {
    package enum Value: Sendable, Hashable {
        case integer(Int64)
        case string(String)
        case list([Value])
    }

    package enum Entry: Sendable, Hashable {
        case value(Value)
        case section(LVMText)
    }

    /// In the order of the text; of entries with one name LVM takes the first.
    package private(set) var entries: [(name: String, entry: Entry)] = []
    private var index: [String: Int] = [:]

    package static func == (one: Self, other: Self) -> Bool {
        one.entries.elementsEqual(other.entries) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) {
        for (name, entry) in entries {
            hasher.combine(name)
            hasher.combine(entry)
        }
    }

    mutating func append(_ name: String, _ entry: Entry) {
        if index[name] == nil { index[name] = entries.count }
        entries.append((name, entry))
    }

    private func entry(_ name: String) -> Entry? { index[name].map { entries[$0].entry } }

    package func section(_ name: String) -> LVMText? {
        guard case .section(let section) = entry(name) else { return nil }
        return section
    }

    package func value(_ name: String) -> Value? {
        guard case .value(let value) = entry(name) else { return nil }
        return value
    }

    package func integer(_ name: String) -> Int64? {
        guard case .integer(let number) = value(name) else { return nil }
        return number
    }

    package func string(_ name: String) -> String? {
        guard case .string(let text) = value(name) else { return nil }
        return text
    }

    /// The strings of a list; a single string is a list of one.
    package func strings(_ name: String) -> [String] {
        switch value(name) {
        case .list(let values):
            values.compactMap { value in
                guard case .string(let text) = value else { return nil }
                return text
            }
        case .string(let text): [text]
        case .integer, nil: []
        }
    }

    package var sections: [(name: String, section: LVMText)] {
        entries.compactMap { name, entry in
            guard case .section(let section) = entry else { return nil }
            return (name, section)
        }
    }
}
