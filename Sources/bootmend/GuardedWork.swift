import Glibc
import Machine
import Sysimage

extension Verb {
    /// Does work that mounts in a process of its own, with mounts of its own, under a guard that answers for it
    /// should it be interrupted or crash on what a hostile disk holds.
    ///
    /// Called before the first thread starts: a fork takes only the thread along that calls it. Only the guard returns
    /// from here; the worker leaves with the status of its work, having said why where it failed.
    /// `otherwise` is done instead where mounts of its own cannot be had. Of work that `opens` a system, what it left open
    /// is taken down here, should it have been killed: its mounts are gone with it by then.
    func guarded(
        _ console: Console, opens: Bool = false, otherwise: (() throws -> Int32)? = nil,
        _ work: () throws -> Int32
    ) throws -> Int32 {
        guard let end = try Guard.wait() else {
            Glibc.exit(
                Self.status(console) {
                    // While there is one thread: it is a thread that has mounts of its own (unshare(2)).
                    let mounts = Result { try enterPrivateMounts() }
                    return try OwnThread.run {
                        Self.status(console) {
                            do {
                                try mounts.get()
                            } catch {
                                guard let otherwise else { throw error }
                                return try otherwise()
                            }
                            return try work()
                        }
                    }
                })
        }
        if case .killed = end {
            removeAbandonedLooks()
            console.terminal.showTyping()
        }
        if opens { closeLeftOpen() }
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

    // Nearly always there is nothing; of a worker that has just been killed the kernel may still be at work. What does not
    // go now is taken down by the next run.
    private func closeLeftOpen() {
        for _ in 0..<10 {
            if (try? Target.closeLeftovers()) != nil { return }
            usleep(300_000)
        }
    }
}
