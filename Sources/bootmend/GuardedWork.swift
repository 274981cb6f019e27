import Glibc
import Machine
import Sysimage

extension Verb {
    /// Does work that mounts in a process of its own, with mounts of its own, under a guard that answers for it
    /// should it be interrupted or crash on what a hostile disk holds.
    ///
    /// Called before the first thread starts: a fork takes only the thread along that calls it.
    func guarded(_ console: Console, _ work: () throws -> Int32) throws -> Int32 {
        guard let end = Guard.wait() else {
            try enterPrivateMounts()
            return try work()
        }
        if case .killed = end {
            removeAbandonedLooks()
            console.terminal.showTyping()
        }
        switch end {
        case .exited(let status): return status
        case .killed(signal: SIGINT), .killed(signal: SIGTERM), .killed(signal: SIGHUP):
            console.say("\n")
            throw Refusal.interrupted
        case .killed(let signal):
            throw Refusal(
                "bootmend itself failed: \(String(cString: strsignal(signal)))",
                hint: "'bootmend undo' puts back what a rescue may have changed")
        }
    }
}
