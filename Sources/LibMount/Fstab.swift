internal import CMount

/// The table of filesystems that an installed system mounts at boot, fstab(5).
package struct Fstab: Codable, Sendable, Hashable {
    /// In the order of the file, which is the order in which `mount -a` takes them.
    package var entries: [FstabEntry]
    package var broken: [BrokenLine]

    /// Takes the text of an fstab apart. Comments and empty lines are passed over; lines that mount(8) could not read
    /// are in `broken`.
    package init(parsing text: String) {
        (entries, broken) = readTable(.fstab, text) { FstabEntry($0, line: $1) }
    }
}

/// One line of fstab, with the octal escapes of its fields undone.
package struct FstabEntry: Codable, Sendable, Hashable {
    /// `UUID=…`, `/dev/md0`, `server:/export`, as written.
    package var source: String
    /// Where it is mounted; `none` or `swap` for swap areas.
    package var target: String
    package var type: String
    package var options: MountOptions
    /// For dump(8).
    package var frequency: Int
    /// For fsck(8): 0 is never checked.
    package var pass: Int
    /// Counted from 1.
    package var line: Int

    package init(
        source: String, target: String, type: String, options: MountOptions = "defaults", frequency: Int = 0,
        pass: Int = 0, line: Int
    ) {
        self.source = source
        self.target = target
        self.type = type
        self.options = options
        self.frequency = frequency
        self.pass = pass
        self.line = line
    }

    fileprivate init(_ entry: OpaquePointer, line: Int) {
        self.init(
            source: copied(mnt_fs_get_source(entry)), target: copied(mnt_fs_get_target(entry)),
            type: copied(mnt_fs_get_fstype(entry)), options: MountOptions(copied(mnt_fs_get_options(entry))),
            frequency: Int(mnt_fs_get_freq(entry)), pass: Int(mnt_fs_get_passno(entry)), line: line)
    }

    package var isSwap: Bool { type == "swap" }

    /// The tag of the source, nil where it is a path.
    package var tag: DeviceTag? { DeviceTag(source) }
}

/// A device named by what is written on it: `UUID=3e7e…`, `LABEL="my disk"`.
package struct DeviceTag: Codable, Sendable, Hashable {
    /// The names that mount(8) knows.
    package enum Name: String, Codable, Sendable, Hashable, CaseIterable {
        case uuid = "UUID"
        case label = "LABEL"
        case partitionUUID = "PARTUUID"
        case partitionLabel = "PARTLABEL"
        case hardware = "ID"
    }
    package var name: Name
    package var value: String

    package init(name: Name, value: String) {
        self.name = name
        self.value = value
    }

    /// The tag in a source, its quotes taken off; nil for a path and for a name that mount(8) does not know.
    package init?(_ source: String) {
        guard let equals = source.firstIndex(of: "="), let name = Name(rawValue: String(source[..<equals]))
        else {
            return nil
        }
        var value = source[source.index(after: equals)...]
        if let quote = value.first, quote == "\"" || quote == "'", value.count >= 2, value.last == quote {
            value = value.dropFirst().dropLast()
        }
        guard !value.isEmpty else { return nil }
        self.init(name: name, value: String(value))
    }
}
