import Glibc
import Machine

/// Held from opening a system until it is closed again: two rescues at once would take each other's changes for the
/// old state, and one would close what the other has opened.
///
/// The kernel lets go of it when the process ends, however that happens (flock(2)).
package struct RunLock: ~Copyable {
    private let file: Descriptor

    /// Who shares it keeps out those who open and close, and nobody else. Throws where it is held.
    package init(in runDirectory: String = RepairTarget.usualRunDirectory, isShared: Bool = false)
        throws(SystemError)
    {
        try RootDirectory("/").makeDirectories(runDirectory, mode: 0o700)
        let opened = try Descriptor(opening: runDirectory + "/lock", O_RDWR | O_CREAT)
        let number = opened.number
        if flock(number, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) < 0 {
            throw SystemError(
                "change", "the installed system", number: errno == EWOULDBLOCK ? 0 : errno,
                detail: errno == EWOULDBLOCK ? "another bootmend is at it" : nil)
        }
        file = opened
    }

    // Let go by hand: a child that another thread is just starting shares the open file until it closes it.
    deinit { flock(file.number, LOCK_UN) }
}
