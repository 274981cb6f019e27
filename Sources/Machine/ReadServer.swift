import CLinux
import Glibc
import Synchronization

/// Reads a device in a process of its own: a thread that waits for a device which hangs cannot be ended, and its process
/// cannot end without it.
///
/// The process starts with the first read, is left behind where the device does not answer, and is not asked again then.
final class ReadServer: Sendable {
    /// What reading a device came to, as of pread(2).
    enum Answer: Sendable, Hashable {
        case bytes(Int)
        case failed(Int32)
        /// It did not answer in time, or its reader ended: why.
        case lost(String)
    }

    private struct State: ~Copyable {
        var pid: pid_t = 0
        var socket: Descriptor?
        var loss: String?
    }

    private let device: Int32
    private let dropsCache: Bool
    private let patience: Int64
    private let state = Mutex(State())

    /// `device` stays open for as long as this is there.
    init(reading device: Int32, dropsCache: Bool, patience: Int64 = DevicePatience.milliseconds) {
        self.device = device
        self.dropsCache = dropsCache
        self.patience = patience
    }

    var isLost: Bool { state.withLock { $0.loss != nil } }

    /// The process that reads, for tests that make it hang.
    var process: pid_t { state.withLock { $0.pid } }

    /// Up to `count` bytes from `offset` into `buffer`, and fewer where there are many.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawPointer, count: Int) -> Answer {
        state.withLock { state in
            if let loss = state.loss { return .lost(loss) }
            let answer = ask(&state, offset, buffer, count)
            if case .lost(let loss) = answer { state.loss = loss }
            return answer
        }
    }

    private func ask(
        _ state: inout State, _ offset: UInt64, _ buffer: UnsafeMutableRawPointer, _ count: Int
    ) -> Answer {
        if state.socket == nil {
            let end = bm_read_server(device, dropsCache ? 1 : 0, &state.pid)
            guard end >= 0 else {
                return .lost("no reader could be started, \(String(cString: strerror(-end)))")
            }
            state.socket = Descriptor(adopting: end)
        }
        guard let end = state.socket?.number else { return .lost("its reader is gone") }
        var request = bm_read_request(offset: offset, count: UInt64(min(count, Int(bm_read_largest))))
        let size = MemoryLayout.size(ofValue: request)
        guard send(end, &request, size, Int32(MSG_NOSIGNAL)) == size else {
            return .lost("its reader is gone")
        }
        var answer: Int64 = 0
        if let loss = receive(end, &answer, MemoryLayout.size(ofValue: answer)) { return .lost(loss) }
        guard answer >= 0 else { return .failed(Int32(clamping: -answer)) }
        guard answer <= count else { return .lost("its reader answers nonsense") }
        if let loss = receive(end, buffer, Int(answer)) { return .lost(loss) }
        return .bytes(Int(answer))
    }

    // Nil where all came.
    private func receive(_ end: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> String? {
        var done = 0
        var heard = Clock.milliseconds()
        while done < count {
            let left = heard + patience - Clock.milliseconds()
            guard left > 0 else { return DevicePatience.loss(after: patience) }
            var polled = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, Int32(left)) > 0 else { continue }
            let got = recv(end, buffer + done, count - done, Int32(MSG_DONTWAIT))
            if got < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard got > 0 else { return "its reader is gone" }
            done += got
            heard = Clock.milliseconds()
        }
        return nil
    }

    // One that waits for its device in the kernel goes as soon as that lets it; any other is gone at once.
    deinit {
        let (pid, isLost) = state.withLock { ($0.pid, $0.loss != nil) }
        guard pid > 0 else { return }
        kill(pid, SIGKILL)
        while waitpid(pid, nil, isLost ? WNOHANG : 0) < 0 && errno == EINTR {}
    }
}

/// How long a device is waited for.
package enum DevicePatience {
    /// Milliseconds from one answer to the next.
    package static let milliseconds: Int64 = 5000

    package static func loss(after milliseconds: Int64) -> String {
        "it has not answered for \(milliseconds / 1000) seconds and was left alone"
    }
}
