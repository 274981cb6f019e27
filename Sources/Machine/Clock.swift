import Glibc

/// Time that only goes forward; the wall clock of a rescue system lies.
package enum Clock {
    /// Milliseconds of the monotonic clock.
    package static func milliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
