import Bytes
import CLinux
import Glibc

/// What device-mapper's raid target says of a logical volume while it runs (dm-raid.rst, "Status output").
package struct DMRaidStatus: Codable, Sendable, Hashable {
    /// One letter for each image: `A` alive and in sync, `a` alive and not in sync, `D` dead.
    package var health: String
    /// Sectors that are in sync, and how many there are.
    package var done: UInt64
    package var total: UInt64
    /// `idle`, `frozen`, `resync`, `recover`, `check`, `repair`, `reshape`.
    package var action: String

    package init(health: String, done: UInt64, total: UInt64, action: String) {
        self.health = health
        self.done = done
        self.total = total
        self.action = action
    }

    /// Out of the status line behind start and length: `raid raid1 2 AA 3072000/3072000 idle 0 0 -`.
    ///
    /// Nil for other targets. Kernels before 3.10 do not say what the raid is at.
    init?(parsing line: String) {
        let words = line.split(separator: " ").map(String.init)
        guard words.count >= 5, words[0] == "raid", words[3].allSatisfy({ "AaD-".contains($0) }) else {
            return nil
        }
        let ratio = words[4].split(separator: "/").map { UInt64($0) }
        guard ratio.count == 2, let done = ratio[0], let total = ratio[1] else { return nil }
        self.init(
            health: words[3], done: done, total: total, action: words.count > 5 ? words[5] : "idle")
    }

    /// Asks the kernel; `device` is "253:0". Nil where it does not answer.
    init?(ofDevice device: String) {
        let numbers = device.split(separator: ":").map { UInt32($0) }
        guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else { return nil }
        var line = [CChar](repeating: 0, count: 1024)
        let result = bm_dm_status(major, minor, &line, line.count)
        guard result == 0 else { return nil }
        self.init(parsing: line.withUnsafeBytes(\.textToNUL))
    }
}
