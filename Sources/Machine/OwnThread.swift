import CLinux

/// Work of a forked process that goes on with threads.
///
/// Swift's runtime keeps each thread's number from the first time that it needs it (swiftlang/swift,
/// include/swift/Threading/Impl/Linux/ulock.h, `ulock_get_tid`; stdlib/public/SwiftShims, `_swift_stdlib_gettid`). The one
/// thread of a forked process goes by its parent's, and the kernel takes a lock (FUTEX_LOCK_PI, futex(2)) that it and
/// another thread want at once for the parent's: both spin for ever. A new thread asks for its own.
package enum OwnThread {
    private struct Call {
        let work: () -> Int32
        var status: Int32 = 0
    }

    /// Does `work` on a new thread while this one waits, and answers what it answers.
    package static func run(_ work: () -> Int32) throws(SystemError) -> Int32 {
        let result = withoutActuallyEscaping(work) { work in
            var call = Call(work: work)
            let begun = withUnsafeMutablePointer(to: &call) { call in
                bm_on_thread(
                    {
                        guard let call = $0?.assumingMemoryBound(to: Call.self) else { return }
                        call.pointee.status = call.pointee.work()
                    }, call)
            }
            return (begun, call.status)
        }
        try check(negative: result.0, "start", "a thread")
        return result.1
    }
}
