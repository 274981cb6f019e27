import Glibc

/// What libmount could not do, in its own words where it has some.
package struct LibMountError: Error, Sendable, Hashable, CustomStringConvertible {
    /// "mount", "unmount", "read".
    package var doing: String
    package var subject: String
    /// The errno behind it, 0 where there is none.
    package var number: Int32
    package var words: String?

    package init(_ doing: String, _ subject: String, number: Int32 = 0, words: String? = nil) {
        self.doing = doing
        self.subject = subject
        self.number = number
        self.words = words
    }

    /// The reason alone.
    package var reason: String {
        words ?? (number == 0 ? "unknown reason" : String(cString: strerror(number)))
    }

    package var description: String { "cannot \(doing) '\(subject)': \(reason)" }
}
