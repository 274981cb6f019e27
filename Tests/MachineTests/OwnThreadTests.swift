import Glibc
import Machine
import Synchronization
import Testing

struct OwnThreadTests {
    private static let counter = Mutex(0)

    private static func count() {
        for _ in 0..<200_000 { counter.withLock { $0 += 1 } }
    }

    @Test func `a forked process and its threads want one lock at once, and each gets it`() throws {
        // From here on this thread goes by its number, which is not that of the forked process.
        Self.counter.withLock { $0 = 0 }
        guard let end = try Guard.wait() else {
            alarm(60)
            let status = try? OwnThread.run {
                var other = pthread_t()
                let begun = pthread_create(
                    &other, nil,
                    { _ in
                        Self.count()
                        return nil
                    }, nil)
                guard begun == 0 else { return 2 }
                Self.count()
                pthread_join(other, nil)
                return Self.counter.withLock { $0 == 400_000 } ? 0 : 1
            }
            _exit(status ?? 3)
        }
        #expect(end == .exited(0))
    }
}
