import Bytes
import CLinux
import Glibc
import Machine

/// What belongs to a file besides its bytes: owner, mode, times, and extended attributes such as its SELinux label.
struct Attributes: Codable, Sendable, Hashable {
    var mode: UInt32
    var owner: UInt32
    var group: UInt32
    /// Time of the last modification, seconds since 1970 and nanoseconds.
    var seconds: Int
    var nanoseconds: Int
    /// Values in hexadecimal.
    var extended: [String: String]

    init(mode: UInt32) {
        self.mode = mode
        owner = 0
        group = 0
        seconds = 0
        nanoseconds = 0
        extended = [:]
    }

    /// Those of an open file or directory.
    init(of number: Int32, _ shown: String) throws(SystemError) {
        let status = try Status(of: number, shown)
        mode = status.mode
        owner = status.owner
        group = status.group
        seconds = status.seconds
        nanoseconds = status.nanoseconds
        extended = try Self.extended(of: number, shown)
    }

    /// The SELinux label is called so in every filesystem (xattr(7)).
    static let label = "security.selinux"
    // Signatures over the bytes: wrong for other bytes, and the kernel makes the second itself.
    private static let signatures: Set<String> = ["security.ima", "security.evm"]

    /// Gives them to an open file. The owner goes first: chown(2) clears set-user-id bits and capabilities.
    func put(on number: Int32, times: Bool, _ shown: String) throws(SystemError) {
        let (owner, group, mode) = (owner, group, mode)
        try check(minusOne: { fchown(number, owner, group) }, "set the owner of", shown)
        try check(minusOne: { fchmod(number, mode & 0o7777) }, "set the mode of", shown)
        let present = try Self.extended(of: number, shown)
        for name in present.keys where extended[name] == nil { _ = bm_remove_xattr(number, name) }
        // Where a policy is loaded, every file of a FAT shows one label, which cannot be set.
        for (name, value) in extended where !Self.signatures.contains(name) && present[name] != value {
            if name == Self.label {
                try Self.putLabel(value, on: number, shown)
            } else {
                try Self.put(value, as: name, on: number, shown)
            }
        }
        guard times else { return }
        let stamp = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
        try check(minusOne: { futimens(number, [stamp, stamp]) }, "set the time of", shown)
    }

    /// Gives one extended attribute, its value in hexadecimal, to an open file.
    static func put(_ value: String, as name: String, on number: Int32, _ shown: String) throws(SystemError) {
        let bytes = bytes(value)
        try check(negative: bm_set_xattr(number, name, bytes, bytes.count), "set \(name) of", shown)
    }

    // A rescue system whose kernel enforces a policy lets nobody set a label that its own policy does not know: what is
    // lost by that is seen at the end (Relabelling), and is no reason to take everything back.
    private static func putLabel(_ value: String, on number: Int32, _ shown: String) throws(SystemError) {
        do throws(SystemError) { try put(value, as: label, on: number, shown) } catch {
            guard [EINVAL, EPERM, EACCES, EOPNOTSUPP].contains(error.number) else { throw error }
        }
    }

    /// Gives a file without a SELinux label that of `extended`, another one's attributes, if they have one.
    static func label(_ number: Int32, like extended: [String: String], _ shown: String) throws(SystemError) {
        guard let label = extended[label], try Self.extended(of: number, shown)[Self.label] == nil else {
            return
        }
        try putLabel(label, on: number, shown)
    }

    /// Everything but the times and the signatures is the same; the label as well, where that could be set.
    func matches(_ other: Attributes, times: Bool, label: Bool = true) -> Bool {
        mode & 0o7777 == other.mode & 0o7777 && owner == other.owner && group == other.group
            && own(label) == other.own(label)
            && (!times || (seconds == other.seconds && nanoseconds == other.nanoseconds))
    }

    private func own(_ withLabel: Bool) -> [String: String] {
        extended.filter { !Self.signatures.contains($0.key) && (withLabel || $0.key != Self.label) }
    }

    static func extended(of number: Int32, _ shown: String) throws(SystemError) -> [String: String] {
        // The kernel's own limits: 64 KiB of names, 64 KiB a value (xattr(7)).
        var names = [CChar](repeating: 0, count: 65536)
        let count = bm_list_xattrs(number, &names, names.count)
        if count == -Int(EOPNOTSUPP) { return [:] }
        guard count >= 0 else {
            throw SystemError(
                "list the extended attributes of", shown, number: Int32(truncatingIfNeeded: -count))
        }
        var found: [String: String] = [:]
        var value = [UInt8](repeating: 0, count: 65536)
        for bytes in names.prefix(count).split(separator: 0) {
            let name = String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let size = bm_get_xattr(number, name, &value, value.count)
            if size >= 0 { found[name] = value.prefix(size).hex }
        }
        return found
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}

/// What fstat(2) says of a file, as far as it is needed here.
struct Status: Sendable, Hashable {
    enum Kind: Sendable, Hashable { case file, directory, link, other }
    var kind: Kind
    var size: UInt64
    var mode: UInt32
    var owner: UInt32
    var group: UInt32
    var seconds: Int
    var nanoseconds: Int
    var device: UInt64
    var inode: UInt64

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        size = UInt64(clamping: status.st_size)
        mode = status.st_mode & 0o7777
        owner = status.st_uid
        group = status.st_gid
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// A regular file's, as it was saved.
    init(file size: UInt64, _ attributes: Attributes) {
        kind = .file
        self.size = size
        mode = attributes.mode
        owner = attributes.owner
        group = attributes.group
        seconds = attributes.seconds
        nanoseconds = attributes.nanoseconds
        device = 0
        inode = 0
    }

    init(of number: Int32, _ shown: String) throws(SystemError) {
        var status = stat()
        try check(minusOne: { fstat(number, &status) }, "look at", shown)
        self.init(status)
    }
}
