import CLinux
import Glibc
import LibMount
import Machine

/// The directory under which filesystems are looked at, on a tmpfs of the private mount namespace.
package struct LookingPlace: Sendable, Hashable {
    package let path: String
    private static let source = "bootmend"

    /// Refuses to work in the rescue system's own mount namespace, where the mounts would show and could stay.
    package init() throws(SystemError) {
        guard Self.isPrivate() else {
            throw SystemError(
                "look at filesystems in", "the rescue system's own mount namespace",
                detail: "nothing would take the mounts away if this process were killed")
        }
        let mounts = (try? LiveMount.all()) ?? []
        if let already = mounts.last(where: { $0.source == Self.source && $0.type == "tmpfs" }) {
            path = already.target
            return
        }
        DeviceMapper.removeLeftovers()
        // A live medium may be read-only everywhere: a tmpfs over any directory will do, since nobody else sees it.
        var failure = LibMountError("mount", "a tmpfs")
        for directory in ["/run/bootmend/looking", "/media", "/srv", "/mnt", "/tmp"] {
            if directory.hasPrefix("/run/bootmend") { makeDirectories(directory) }
            do {
                try Mounting(Self.source, on: directory, type: "tmpfs", options: "mode=0700,nosuid,nodev")
                    .perform()
                path = directory
                return
            } catch { failure = error }
        }
        throw SystemError(failure)
    }

    // PID 1 has the mounts that everybody sees. Without /proc nothing can be told, and a root without /proc is no
    // system that others work in.
    private static func isPrivate() -> Bool {
        guard getpid() != 1, let own = link("/proc/self/ns/mnt"), let first = link("/proc/1/ns/mnt") else {
            return true
        }
        return own != first
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Gives this process mounts of its own, which end with it. Before the first thread starts: unshare(2) moves the
/// calling thread alone.
package func enterPrivateMounts() throws(SystemError) {
    do {
        try check(negative: bm_private_mounts(), "make", "a private mount namespace")
    } catch {
        // mount(2), MS_PRIVATE: EINVAL where / is no mount point, as in a plain chroot.
        guard error.number == EINVAL else { throw error }
        throw SystemError(
            error.doing, error.subject, number: error.number,
            hint: "this looks like a chroot: leave it with 'exit', and run bootmend outside of it")
    }
}

/// Makes a directory and those above it; what is there already is left alone.
func makeDirectories(_ path: String, mode: mode_t = 0o755) {
    var built = ""
    for name in path.split(separator: "/") {
        built += "/" + name
        mkdir(built, mode)
    }
}

extension SystemError {
    /// libmount's complaint, with the volume it was about where the subject was only a directory. Where the kernel has
    /// given the reason in `detail`, libmount's list of what it might be is left out.
    init(_ error: LibMountError, subject: String? = nil, detail: String? = nil, hint: String? = nil) {
        self.init(error.doing, subject ?? error.subject, detail: detail ?? error.reason, hint: hint)
    }
}
