/// lvm.conf(5), the settings that decide which devices LVM sees and how it activates them.
package struct LVMConf: Codable, Sendable, Hashable {
    package static let path = "/etc/lvm/lvm.conf"

    /// Every setting by its full name, `devices/filter`, as a list of values; a single value is a list of one.
    package var settings: [String: [String]]
    /// Why it could not be read to its end.
    package var damage: String?

    package init(settings: [String: [String]] = [:], damage: String? = nil) {
        self.settings = settings
        self.damage = damage
    }

    /// `devices/filter`; nil where it is not set and every device passes.
    package var filter: LVMFilter? { settings["devices/filter"].map { LVMFilter($0) } }

    /// `devices/global_filter`: as the filter, also for lvmetad and udev's autoactivation, which ignore the other.
    package var globalFilter: LVMFilter? { settings["devices/global_filter"].map { LVMFilter($0) } }

    /// `devices/use_devicesfile`: only devices listed in system.devices exist for LVM; the filter is then ignored. Nil
    /// where the build decides (1 from RHEL 9 on, where the file is there).
    package var usesDevicesFile: Bool? { flag("devices/use_devicesfile") }

    /// `devices/devicesfile`, a name in /etc/lvm/devices.
    package var devicesFile: String { settings["devices/devicesfile"]?.first ?? "system.devices" }

    /// Whether both filters let the device pass that has these names; nil where a pattern cannot be read.
    package func accepts(aliases: [String]) -> Bool? {
        let answers = [filter, globalFilter].compactMap(\.self).map { $0.accepts(aliases: aliases) }
        if answers.contains(false) { return false }
        return answers.contains(nil) ? nil : true
    }

    /// As `accepts(aliases:)`, for a device that is known by one name.
    package func accepts(_ path: String) -> Bool? { accepts(aliases: [path]) }

    private func flag(_ name: String) -> Bool? { settings[name]?.first.flatMap(Int.init).map { $0 != 0 } }
}

extension LVMConf {
    /// Reads lvm.conf; settings of `later`, such as lvmlocal.conf, take the place of those before.
    package init(parsing text: String, later: String? = nil) {
        var reader = LVMConfReader(Array(text.utf8))
        reader.read()
        self.init(settings: reader.settings, damage: reader.damage)
        if let later {
            var reader = LVMConfReader(Array(later.utf8))
            reader.read()
            settings.merge(reader.settings) { $1 }
            damage = damage ?? reader.damage
        }
    }
}

/// Reads LVM's configuration grammar in one pass (lvm2, libdm/libdm-config.c): `section { key = value }`.
private struct LVMConfReader {
    var settings: [String: [String]] = [:]
    var damage: String?

    private let text: [UInt8]
    private var position = 0
    private var line = 1
    private static let deepest = 16
    private static let mostSettings = 4096
    // `devices/filter`: none of LVM's own names has more than 64 bytes.
    private static let longestName = 1024

    private enum Token: Equatable {
        case word(String)
        case string(String)
        case mark(UInt8)
    }

    init(_ text: [UInt8]) { self.text = text }

    mutating func read() {
        var sections: [String] = []
        while damage == nil, let token = next() {
            switch token {
            case .word(let name), .string(let name):
                let path = (sections + [name]).joined(separator: "/")
                guard path.utf8.count <= Self.longestName else {
                    fail("a name longer than any of LVM's")
                    continue
                }
                switch next() {
                case .mark(UInt8(ascii: "{")):
                    sections.append(name)
                    if sections.count > Self.deepest {
                        fail("more sections inside of one another than LVM has")
                    }
                case .mark(UInt8(ascii: "=")):
                    settings[path] = value()
                    if settings.count > Self.mostSettings { fail("more settings than LVM has") }
                default: fail("'\(name)' is neither a section nor a setting")
                }
            case .mark(UInt8(ascii: "}")):
                if sections.popLast() == nil { fail("a closing brace that nothing opened") }
            case .mark: fail("a mark where a name should be")
            }
        }
        if damage == nil, !sections.isEmpty { fail("the section '\(sections[0])' is never closed") }
    }

    private mutating func value() -> [String] {
        guard let token = next() else { return [] }
        switch token {
        case .word(let value), .string(let value): return [value]
        case .mark(UInt8(ascii: "[")):
            var values: [String] = []
            while let token = next() {
                switch token {
                case .word(let value), .string(let value): values.append(value)
                case .mark(UInt8(ascii: "]")): return values
                case .mark(UInt8(ascii: ",")): continue
                case .mark:
                    fail("a list is never closed")
                    return values
                }
            }
            fail("a list is never closed")
            return values
        case .mark:
            fail("a setting without a value")
            return []
        }
    }

    private mutating func fail(_ reason: String) {
        if damage == nil { damage = "line \(line): \(reason)" }
    }

    private mutating func next() -> Token? {
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "#") {
                while position < text.count, text[position] != 10 { position += 1 }
            } else if byte == 10 || byte == 32 || byte == 9 || byte == 13 {
                if byte == 10 { line += 1 }
                position += 1
            } else {
                break
            }
        }
        guard position < text.count else { return nil }
        let byte = text[position]
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return string(quote: byte) }
        if Array("{}[]=,".utf8).contains(byte) {
            position += 1
            return .mark(byte)
        }
        let start = position
        while position < text.count, !Array("{}[]=,#\"' \t\r\n".utf8).contains(text[position]) {
            position += 1
        }
        return .word(String(decoding: text[start..<position], as: UTF8.self))
    }

    private mutating func string(quote: UInt8) -> Token? {
        position += 1
        var value: [UInt8] = []
        while position < text.count {
            let byte = text[position]
            position += 1
            if byte == 10 { line += 1 }
            if byte == quote { return .string(String(decoding: value, as: UTF8.self)) }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), position < text.count,
                text[position] == quote || text[position] == UInt8(ascii: "\\")
            {
                value.append(text[position])
                position += 1
            } else {
                value.append(byte)
            }
        }
        fail("a string is never closed")
        return nil
    }
}
