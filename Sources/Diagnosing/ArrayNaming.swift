import BootFiles
import Bytes
import LibMount
import Storage
import Surveying

/// Which names mdadm.conf gives to the arrays that an installation uses, what is wrong with it, and what it would say
/// if it were right.
///
/// An array that no line names comes up as /dev/md127 or under a name made of its superblock, so an fstab by
/// /dev/md0 then waits for nothing (mdadm(8), "--incremental"; mdadm.conf(5), "ARRAY").
package struct ArrayNaming: Sendable, Hashable {
    /// A line of one of mdadm's files.
    package struct Place: Sendable, Hashable {
        package var path: String
        package var line: Int
    }

    /// How mdadm.conf stands to one array.
    package enum Standing: Sendable, Hashable {
        /// This line names it by its true UUID, or by what else identifies it.
        case named(Place, device: String?)
        /// This line gives the name it should have to a UUID that no array here has.
        case stale(Place, device: String, uuid: String)
        /// This line hides it with `<ignore>`.
        case hidden(Place)
        case missing
    }

    /// A DEVICE line that leaves out members of an array: mdadm does not look at them (Incremental.c, conf_test_dev).
    package struct Exclusion: Sendable, Hashable {
        package var place: Place
        package var words: [String]
        /// Too few members are left for mdadm to start it.
        package var isWhole: Bool
        package static let right = "DEVICE partitions"
    }

    /// One array in use, and its line.
    package struct Use: Sendable, Hashable {
        package var array: MDArray
        package var standing: Standing
        /// The name that the corrected file gives it.
        package var device: String
        /// fstab needs it under that name to reach the default target.
        package var isNeededByName: Bool
        package var exclusion: Exclusion?
        /// Empty where one of them has no names of the kernel's.
        var members: [MemberNames]

        var isNamed: Bool {
            if case .named = standing { true } else { false }
        }

        package var isRight: Bool { isNamed && exclusion == nil }

        /// It gets its name without a line for it: the one in its superblock where that is of this host or of any
        /// (mdadm, Incremental.c, match_home), else md127 or the next below that is free.
        func isNamedBySuperblock(on host: String?) -> Bool {
            let number = device.hasPrefix("/dev/md") ? Int(device.dropFirst("/dev/md".count)) : nil
            if let number, (100...127).contains(number) { return true }
            let parts = array.name?.split(separator: ":").map(String.init) ?? []
            return parts.count == 2 && ["any", "localhost", "localhost.localdomain", host].contains(parts[0])
                && ArrayNaming.sameName(device, "/dev/md/" + parts[1])
        }

        /// The system's mdadm does not assemble it, under whatever name.
        var isHidden: Bool {
            if case .hidden = standing { true } else { exclusion?.isWhole ?? false }
        }
    }

    /// One of the files as it should be.
    package struct Correction: Sendable, Hashable {
        /// Nil for the distribution's usual one, which is not there.
        package var path: String?
        package var text: String
        package var was: String?
    }

    package let uses: [Use]
    /// None where nothing is wrong.
    package let corrections: [Correction]
    /// Whether there is a file at all.
    package let hasFile: Bool

    package var isRight: Bool { uses.allSatisfy(\.isRight) }

    /// The array that a name stands for once the file is right.
    package func array(named device: String) -> MDArray? {
        uses.first { Self.sameName($0.device, device) }?.array
    }

    /// `texts` may have the files of mdadm.conf.d among them.
    package init(
        _ storage: StorageMap, under volumes: [VolumeID], conf file: Installation.TextFile?,
        texts: [String: String] = [:], fstab: [FstabEntry]
    ) {
        let files = Self.files(file, texts)
        let lines = Self.lines(of: files.map { (path: $0.text.path, conf: $0.conf) })
        let devices = DeviceWords(files.flatMap(\.conf.devices))
        var arrays: [MDArray] = []
        for volume in volumes {
            for array in StorageStack(under: volume, in: storage).arrays where !arrays.contains(array) {
                arrays.append(array)
            }
        }
        // fstab may be the only one that knows of an array, by a name that nothing gives it any more.
        let wanted = fstab.map(\.source).filter { StorageMap.isArrayName($0) && storage.models($0) }
        let known = Set(storage.arrays.map(\.uuid.hexDigits))
        var stale = lines.filter { line in
            !line.words.isIgnored && line.digits.map { !known.contains($0) } ?? false
        }
        var uses: [Use] = []
        for array in arrays {
            let names = array.members.map { MemberNames($0.device, in: storage) }
            let members = names.contains(nil) ? [] : names.compactMap(\.self)
            let line = Self.line(of: array, members, among: lines)
            let standing: Standing
            let device: String
            if let line, line.words.isIgnored {
                standing = .hidden(line.place)
                device = Self.usualName(array, wanted)
            } else if let line {
                standing = .named(line.place, device: line.device)
                device = line.device ?? Self.usualName(array, wanted)
            } else if let index = Self.line(for: array, among: stale, wanted, alone: arrays.count == 1) {
                let taken = stale.remove(at: index)
                device = taken.device ?? Self.usualName(array, wanted)
                standing = .stale(taken.place, device: device, uuid: taken.words.uuid ?? "")
            } else {
                standing = .missing
                device = Self.usualName(array, wanted)
            }
            uses.append(
                Use(
                    array: array, standing: standing, device: device,
                    isNeededByName: fstab.contains { $0.mustMount && Self.sameName($0.source, device) },
                    exclusion: Self.exclusion(of: array, members, by: devices, files), members: members))
        }
        self.uses = uses
        hasFile = !files.isEmpty
        corrections = Self.corrections(of: files, main: file, uses)
    }

    // A stale line is taken to be the array's when it has the name that the superblock or fstab gives it, or when
    // there is but one line and one array.
    private static func line(
        for array: MDArray, among stale: [ArrayLine], _ wanted: [String], alone: Bool
    ) -> Int? {
        let own = ownName(array)
        if let index = stale.firstIndex(where: { line in
            guard let device = line.device else { return false }
            return own.map { sameName(device, "/dev/md/" + $0) } ?? false
        }) {
            return index
        }
        guard alone else { return nil }
        return stale.firstIndex { line in
            line.device.map { device in wanted.contains { sameName($0, device) } } ?? false
        }
            ?? (stale.count == 1 ? 0 : nil)
    }

    private static func usualName(_ array: MDArray, _ wanted: [String]) -> String {
        let own = ownName(array)
        if let own, let name = wanted.first(where: { sameName($0, "/dev/md/" + own) }) { return name }
        if wanted.count == 1, let name = wanted.first { return name }
        return own.map { "/dev/md/" + $0 } ?? "/dev/md\(array.minor ?? 0)"
    }

    /// The name within its superblock, without the host it was made on.
    private static func ownName(_ array: MDArray) -> String? {
        if array.version == "0.90" { return array.minor.map(String.init) }
        return array.name?.split(separator: ":").last.map(String.init)
    }

    /// `/dev/md0` and `/dev/md/0` are one name (mdadm(8), "DEVICE NAMES").
    static func sameName(_ one: String, _ other: String) -> Bool {
        func key(_ name: String) -> String {
            name.hasPrefix("/dev/md/") ? String(name.dropFirst(8)) : String(name.dropFirst(7))
        }
        return StorageMap.isArrayName(one) && StorageMap.isArrayName(other) && key(one) == key(other)
    }
}
