import CLinux
import Glibc

/// Ctrl-C, a hang-up of the line, and a polite kill: the three ways in which a person takes the work back.
package enum Interrupts {
    /// From here on they are counted and the work decides when to stop; without this they end the process.
    package static func catchAll() { bm_catch_interrupts() }

    /// They end the process again.
    package static func release() { bm_release_interrupts() }

    /// How many came since they are caught.
    package static var count: Int { Int(bm_interrupts()) }

    /// Output into a pipe that nobody reads fails quietly instead of ending the process.
    package static func ignoreBrokenPipes() { bm_ignore_broken_pipes() }
}

/// A process that waits for the one that does the work, so that somebody is left to tidy up and to answer.
///
/// A signal, a crash on a hostile disk, or a device that never answers ends the worker alone.
package enum Guard {
    /// How a worker came to its end.
    package enum End: Sendable, Hashable {
        /// It left with this status.
        case exited(Int32)
        case killed(signal: Int32)
    }

    /// Forks, before the first thread starts. Returns nil in the worker, and in the guard how the worker ended.
    package static func wait() throws(SystemError) -> End? {
        var status: Int32 = 0
        guard try check(negative: bm_guard(&status), "start", "the process that does the work") > 0 else {
            return nil
        }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
    }
}

/// What this process may do.
package enum Rights {
    package static var isRoot: Bool { geteuid() == 0 }
}
