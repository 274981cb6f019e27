import Glibc

/// What failed: what was being done, to what, and why, in the words of strerror(3); with a way on where one is known.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was being done, as a verb: "open", "mount", "read at byte 4096".
    package var doing: String
    /// To what.
    package var subject: String
    /// The error number, 0 where the reason is in `detail` alone.
    package var number: Int32
    package var detail: String?
    package var hint: String?

    package init(
        _ doing: String, _ subject: String, number: Int32 = 0, detail: String? = nil, hint: String? = nil
    ) {
        self.doing = doing
        self.subject = subject
        self.number = number
        self.detail = detail
        self.hint = hint
    }

    /// The reason alone; empty where none is known.
    package var reason: String {
        var reasons: [String] = []
        if number != 0 { reasons.append(String(cString: strerror(number))) }
        if let detail { reasons.append(detail) }
        return reasons.joined(separator: ", ")
    }

    package var description: String {
        "cannot \(doing) '\(subject)'" + (reason.isEmpty ? "" : ": " + reason)
    }
}

/// Judges a C call that answers −1 and sets errno; EINTR is tried again.
@discardableResult
package func check<T: FixedWidthInteger & SignedInteger>(
    minusOne call: () -> T, _ doing: String, _ subject: String
) throws(SystemError) -> T {
    while true {
        let result = call()
        guard result == -1 else { return result }
        guard errno == EINTR else { throw SystemError(doing, subject, number: errno) }
    }
}

/// Judges a C call that answers a negative errno.
@discardableResult
package func check(negative result: Int32, _ doing: String, _ subject: String) throws(SystemError) -> Int32 {
    guard result < 0 else { return result }
    throw SystemError(doing, subject, number: -result)
}
