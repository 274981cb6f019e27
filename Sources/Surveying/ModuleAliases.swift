import BootFiles

/// A kernel's modules.alias: which module drives which device, by patterns.
struct ModuleAliases: Sendable {
    private var lines: [(pattern: [UInt8], module: String)] = []

    // A kernel of a distribution has some 20 000 of them.
    private static let most = 200_000

    /// Reads `alias PATTERN MODULE` lines (depmod(8)) of the buses that disks hang on.
    init(parsing text: String) {
        let buses = [
            "pci:", "virtio:", "scsi:", "usb:", "acpi:", "vmbus:", "xen:", "nvme", "platform:", "mmc:", "of:",
        ]
        for line in text.utf8.split(separator: 10).prefix(Self.most) {
            guard line.starts(with: "alias ".utf8) else { continue }
            let words = line.split(separator: 32)
            guard words.count == 3 else { continue }
            guard buses.contains(where: { words[1].starts(with: $0.utf8) }), words[1].count <= 512 else {
                continue
            }
            lines.append((Array(words[1]), String(decoding: words[2], as: UTF8.self)))
        }
    }

    /// The modules for each device alias; a device that none drives is left out (its driver is built in, or missing).
    func modules(driving devices: [String]) -> [String: [String]] {
        var found: [String: [String]] = [:]
        for device in Set(devices) {
            let name = Array(device.utf8)
            let matches = lines.filter { Self.matches(name, $0.pattern) }
            let modules = Set(matches.map { ModuleName.normalised($0.module) }).sorted()
            if !modules.isEmpty { found[device] = modules }
        }
        return found
    }

    /// fnmatch(3) with `*`, `?` and `[…]`, in time that grows with the product of the lengths whatever the pattern: a
    /// mismatch goes back to the last `*` alone.
    static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        var at = 0
        var position = 0
        var star: (pattern: Int, name: Int)?
        while at < name.count {
            if position < pattern.count, pattern[position] == UInt8(ascii: "*") {
                star = (position, at)
                position += 1
            } else if let next = step(name[at], pattern, position) {
                at += 1
                position = next
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                at = last.name + 1
                position = last.pattern + 1
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Where the pattern goes on once `byte` has matched at `position`; nil where it does not match.
    private static func step(_ byte: UInt8, _ pattern: [UInt8], _ position: Int) -> Int? {
        guard position < pattern.count else { return nil }
        switch pattern[position] {
        case UInt8(ascii: "?"): return position + 1
        case UInt8(ascii: "["):
            guard let end = pattern[position...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let set = Array(pattern[(position + 1)..<end])
            var index = 0
            while index < set.count {
                let isRange = index + 2 < set.count && set[index + 1] == UInt8(ascii: "-")
                if isRange ? set[index] <= byte && byte <= set[index + 2] : set[index] == byte {
                    return end + 1
                }
                index += isRange ? 3 : 1
            }
            return nil
        default: return pattern[position] == byte ? position + 1 : nil
        }
    }
}
