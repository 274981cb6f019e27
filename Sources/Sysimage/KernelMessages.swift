import Glibc
import Machine

/// What the kernel has said since a moment: mount(2) answers a number, the reason is in the kernel's log.
struct KernelMessages: ~Copyable {
    private let log: Int32

    /// Listens from now on. Hears nothing where the log may not be read.
    init() {
        log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        if log >= 0 { lseek(log, 0, SEEK_END) }
    }

    /// The last sentences that name `device` ("loop3"), their prefixes taken off; nil where there were none.
    func about(_ device: String) -> String? {
        guard log >= 0 else { return nil }
        var lines: [String] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        // One record a read (Documentation/ABI/testing/dev-kmsg); EPIPE says that records were lost in between.
        for _ in 0..<512 {
            let got = read(log, &buffer, buffer.count)
            if got < 0 && (errno == EPIPE || errno == EINTR) { continue }
            guard got > 0 else { break }
            let record = String(decoding: buffer.prefix(got), as: UTF8.self)
            if let line = Self.message(record, about: device) { lines.append(line) }
        }
        return lines.isEmpty ? nil : lines.suffix(2).joined(separator: "; ")
    }

    /// `4,1234,567,-;EXT4-fs (loop3): VFS: can't find ext4 filesystem`, without what every line has.
    static func message(_ record: String, about device: String) -> String? {
        guard let semicolon = record.firstIndex(of: ";") else { return nil }
        let line = record[record.index(after: semicolon)...].prefix { $0 != "\n" }
        guard line.contains("(\(device))") || line.contains("(device \(device))") else { return nil }
        guard let colon = line.firstRange(of: ": ") else { return String(line) }
        let text = String(line[colon.upperBound...])
        // btrfs marks a line with its state and level before the sentence; mount problems alone are of interest.
        guard !saysNothing.contains(where: text.hasPrefix) else { return nil }
        return FilesystemFeatures.named(in: text, filesystem: String(line.prefix { $0 != " " }))
    }

    // What is no problem, and how XFS ends each refusal after it has given the reason (fs/xfs/xfs_mount.c).
    private static let saysNothing = [
        "Mounting V", "Ending clean mount", "mounted ", "SB validate failed",
        "Filesystem cannot be safely mounted", "Filesystem can not be safely mounted",
    ]

    deinit { if log >= 0 { close(log) } }
}
