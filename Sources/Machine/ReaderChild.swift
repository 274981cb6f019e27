import CLinux
import Glibc

/// A process of its own that reads something which may hang or be hostile, and is left behind where it does not answer.
package final class ReaderChild {
    /// How far it is.
    package enum State: Sendable, Hashable {
        case working
        case answered([UInt8])
        /// It ended without an answer: why.
        case failed(String)
    }

    private let pid: pid_t
    private let pipe: Descriptor
    private var received: [UInt8] = []
    private var isOver = false
    private var end: String?
    /// When it last said anything, in milliseconds of the monotonic clock.
    package private(set) var heard: Int64

    // What it says: a step done, and at last the answer, to the end of the pipe.
    private static let step: UInt8 = 0
    private static let answer: UInt8 = 1

    /// Starts it. `work` is given a way to tell that it goes on, and its answer comes back; it must not use threads, of
    /// which only the one that calls this goes along.
    package init(_ work: (_ progress: @escaping () -> Void) -> [UInt8]) throws(SystemError) {
        var pid: pid_t = 0
        var end: Int32 = -1
        let side = bm_reader(&pid, &end)
        try check(negative: side, "start", "a reader")
        if side == 0 { Self.serve(end, work) }
        self.pid = pid
        pipe = Descriptor(adopting: end)
        heard = Clock.milliseconds()
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }

    private static func serve(_ end: Int32, _ work: (_ progress: @escaping () -> Void) -> [UInt8]) -> Never {
        func send(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let put = rest.withUnsafeBytes { Glibc.write(end, $0.baseAddress, $0.count) }
                if put < 0 && errno == EINTR { continue }
                // Nobody waits for it any more.
                guard put > 0 else { _exit(1) }
                rest = rest.dropFirst(put)
            }
        }
        let bytes = work { send([step]) }
        send([answer])
        send(bytes)
        _exit(0)
    }

    /// Waits until one of them has something to say, `milliseconds` at most.
    package static func wait(for children: [ReaderChild], milliseconds: Int32) {
        var polled = children.filter { !$0.isOver }.map {
            pollfd(fd: $0.pipe.number, events: Int16(POLLIN), revents: 0)
        }
        guard !polled.isEmpty else { return }
        _ = poll(&polled, nfds_t(polled.count), milliseconds)
    }

    /// Takes what it has said by now.
    package func state() -> State {
        while !isOver, take() {}
        guard isOver else { return .working }
        guard let start = received.firstIndex(of: Self.answer) else {
            return .failed(end ?? "it ended without an answer")
        }
        return .answered(Array(received[(start + 1)...]))
    }

    // False where there is nothing to take.
    private func take() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let got = read(pipe.number, &buffer, buffer.count)
        if got < 0 && errno == EINTR { return true }
        guard got >= 0 else { return false }
        heard = Clock.milliseconds()
        received += buffer.prefix(got)
        if got == 0 { finish() }
        return got > 0
    }

    // One that is slow would hold its disk; one that waits for it in the kernel goes as soon as that lets it.
    deinit {
        guard !isOver else { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, WNOHANG)
    }

    private func finish() {
        isOver = true
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        guard status & 0x7f != 0, let name = strsignal(status & 0x7f) else {
            return
        }
        end = "it was ended by a signal: \(String(cString: name))"
    }
}
