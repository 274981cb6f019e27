import CLinux
import Glibc

/// Follows a running child to its end: reads what it says, keeps its time, and never waits for a process that does
/// not go.
struct ChildWatch {
    private let pid: pid_t
    private let surroundings: Surroundings
    private let limit: Int
    private let start = Clock.milliseconds()
    private var output: [UInt8] = []
    private var tail: [UInt8] = []
    private var timedOut = false
    private var stopped = false
    private var killed: Int64?
    private var ended: (at: Int64, status: Int32)?
    private var ticks = 0
    private var logged = 0
    private var buffer = [UInt8](repeating: 0, count: 65536)

    private static let mostLogged = 16 << 20
    /// Milliseconds between two looks at a child that says nothing.
    private static let interval: Int32 = 100
    /// A stray may hold the pipes for ever: this long after the child's own end they are let go.
    private static let strayPatience: Int64 = 300
    /// A process stuck in the kernel does not die of SIGKILL: this long after it, it is abandoned.
    private static let killPatience: Int64 = 5000

    init(_ pid: pid_t, _ surroundings: Surroundings, limit: Int) {
        self.pid = pid
        self.surroundings = surroundings
        self.limit = limit
    }

    /// Reads both streams until the child is gone.
    mutating func run(output first: Int32, complaint second: Int32) -> ChildResult {
        var streams = [
            pollfd(fd: first, events: Int16(POLLIN), revents: 0),
            pollfd(fd: second, events: Int16(POLLIN), revents: 0),
        ]
        var isSilent = false
        while true {
            // What it said last may have come between a poll and its end: only what is read after the end is all.
            let hadEnded = ended != nil
            let ready = poll(&streams, 2, isSilent ? 5 : Self.interval)
            for index in 0..<2 where ready > 0 && streams[index].revents != 0 {
                // A negative number is what poll(2) skips: the end of this stream was seen.
                if !take(from: streams[index].fd, isOutput: index == 0) { streams[index].fd = -1 }
            }
            isSilent = streams.allSatisfy { $0.fd < 0 }
            look()
            if let ended, isSilent || (hadEnded && (ready == 0 || now() - ended.at > Self.strayPatience)) {
                break
            }
            if let killed, now() - killed > Self.killPatience { break }
        }
        return result()
    }

    private func now() -> Int64 { Clock.milliseconds() - start }

    private mutating func take(from stream: Int32, isOutput: Bool) -> Bool {
        let got = Glibc.read(stream, &buffer, buffer.count)
        if got < 0 && errno == EINTR { return true }
        guard got > 0 else { return false }
        if let log = surroundings.log { put(got, log) }
        if isOutput && output.count < limit { output += buffer.prefix(min(got, limit - output.count)) }
        tail = Array((tail + buffer.prefix(got)).suffix(8192))
        return true
    }

    // The log is there to help: a full disk under it does not stop the work. It lies in memory, and a tool may say the
    // same thing for ever.
    private mutating func put(_ count: Int, _ log: Int32) {
        guard logged < Self.mostLogged else { return }
        logged += count
        var done = 0
        while done < count {
            let written = buffer.withUnsafeBytes {
                Glibc.write(log, $0.baseAddress?.advanced(by: done), count - done)
            }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            done += written
        }
    }

    // Once the child has been waited for, its number may be another's: nothing is sent to it any more.
    private mutating func look() {
        guard ended == nil else { return }
        var status: Int32 = 0
        let answer = waitpid(pid, &status, WNOHANG)
        if answer == pid { ended = (now(), status) }
        // Somebody else has waited for it: that it succeeded cannot be told.
        if answer < 0 && errno == ECHILD { ended = (now(), 127 << 8) }
        guard ended == nil else { return }
        let seconds = Int(now() / 1000)
        if seconds > ticks {
            ticks = seconds
            surroundings.onTick?(seconds)
        }
        guard killed == nil else { return }
        timedOut = now() > Int64(surroundings.patience)
        stopped = !timedOut && surroundings.stop?() == true
        guard timedOut || stopped else { return }
        killed = now()
        _ = bm_kill(pid, SIGKILL)
    }

    private func result() -> ChildResult {
        let status = ended?.status ?? SIGKILL
        let signal = status & 0x7f
        let lines = String(decoding: tail, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(10)
        return ChildResult(
            status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: output,
            complaint: lines.joined(separator: "\n"), timedOut: timedOut, stopped: stopped)
    }
}
