import Dispatch
import Machine
import Synchronization

/// Reads disks side by side, so that a slow one costs its own time only, and one that hangs no more than five seconds.
final class DiskReaders: Sendable {
    // A machine with hundreds of disks must not start hundreds of threads.
    private static let most = 64
    /// How long, in milliseconds, a disk may take from one answer to the next.
    static let patience: Int64 = 5000

    /// Reads one disk and tells of every step done.
    typealias Reader = @Sendable (DiskSource, _ progress: () -> Void) -> ReadDisk

    /// How far each reader is, by the place of its disk.
    private struct Board {
        var results: [Int: ReadDisk] = [:]
        /// When it last did something, in milliseconds of the monotonic clock.
        var alive: [Int: Int64] = [:]
    }

    private let board = Mutex(Board())
    private let finished = DispatchSemaphore(value: 0)
    private let patience: Int64
    private let reader: Reader

    private init(patience: Int64, reader: @escaping Reader) {
        self.patience = patience
        self.reader = reader
    }

    /// What each disk gave, in their order. A disk that does not answer is left to its thread and says so.
    static func read(
        _ sources: [DiskSource], patience: Int64 = patience,
        by reader: @escaping Reader = { ReadDisk($0, progress: $1) }
    ) -> [ReadDisk] {
        let readers = DiskReaders(patience: patience, reader: reader)
        for (index, source) in sources.enumerated() {
            readers.waitUntil { $0.atWork < most }
            readers.start(source, at: index)
        }
        readers.waitUntil { $0.atWork == 0 }
        let results = readers.board.withLock { $0.results }
        return sources.enumerated().map { index, source in
            results[index]
                ?? ReadDisk(
                    source, failure: "it has not answered for \(patience / 1000) seconds and was left alone")
        }
    }

    private func start(_ source: DiskSource, at index: Int) {
        board.withLock { $0.alive[index] = Clock.milliseconds() }
        // A queue of its own has a thread of its own, also when all the others sit in the kernel.
        DispatchQueue(label: source.path).async {
            let disk = self.reader(source) { self.board.withLock { $0.alive[index] = Clock.milliseconds() } }
            self.board.withLock { $0.results[index] = disk }
            self.finished.signal()
        }
    }

    private func waitUntil(_ holds: (DiskReaders) -> Bool) {
        while !holds(self) { _ = finished.wait(timeout: .now() + .milliseconds(200)) }
    }

    /// Readers that have neither finished nor fallen silent.
    private var atWork: Int {
        let now = Clock.milliseconds()
        return board.withLock { board in
            board.alive.count { index, time in board.results[index] == nil && now - time < patience }
        }
    }
}
