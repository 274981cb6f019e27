internal import Glibc

/// What libblkid could not do, to what, and why.
package struct BlkidError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was being done, as a verb: "probe", "look for a partition table on".
    package var doing: String
    package var subject: String
    /// The error number; libblkid does not always leave one, then EIO stands in.
    package var number: Int32

    init(_ doing: String, _ subject: String, number: Int32) {
        self.doing = doing
        self.subject = subject
        self.number = number == 0 ? EIO : number
    }

    package var description: String { "cannot \(doing) '\(subject)': \(String(cString: strerror(number)))" }
}
