import CLinux
import Glibc

extension RootDirectory {
    /// `openat2(…, RESOLVE_IN_ROOT)` by hand, for kernels before 5.6: one component at a time, never following a link
    /// in the kernel, `..` stopping at the root. Answers a descriptor or a negative errno.
    ///
    /// Names are bytes: a link's target need not be UTF-8.
    func walk(_ path: String, _ flags: Int32, _ mode: UInt32) -> Int32 {
        guard path.utf8.count < 4096 else { return -ENAMETOOLONG }
        var pending = Array(Self.components(of: Array(path.utf8)).reversed())
        let root = bm_openat(descriptor.number, ".", bm_o_path | O_DIRECTORY | O_CLOEXEC, 0)
        guard root >= 0 else { return root }
        var trail = [root]
        defer { for fd in trail { close(fd) } }
        // open(2) follows a link in the last place, but not with O_NOFOLLOW, nor when it has to create the file.
        let followsLast = flags & O_NOFOLLOW == 0 && flags & (O_CREAT | O_EXCL) != O_CREAT | O_EXCL
        var links = 0
        while let name = pending.popLast() {
            if name == [UInt8(ascii: ".")] { continue }
            if name == Array("..".utf8) {
                if trail.count > 1 { close(trail.removeLast()) }
                continue
            }
            let last = pending.isEmpty
            let here = trail[trail.count - 1]
            if !last || followsLast, let target = Self.target(of: name, in: here) {
                links += 1
                guard links <= 40 else { return -ELOOP }
                if target.first == UInt8(ascii: "/") { while trail.count > 1 { close(trail.removeLast()) } }
                pending += Self.components(of: target).reversed()
                continue
            }
            if last { return Self.open(name, in: here, flags | O_NOFOLLOW, mode) }
            let next = Self.open(name, in: here, bm_o_path | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
            guard next >= 0 else { return next }
            trail.append(next)
        }
        return bm_openat(trail[trail.count - 1], ".", flags, mode)
    }

    /// Slashes apart; one at the end asks for a directory, as "." does (path_resolution(7)).
    private static func components(of path: [UInt8]) -> [[UInt8]] {
        let slash = UInt8(ascii: "/")
        return path.split(separator: slash).map(Array.init)
            + (path.last == slash ? [[UInt8(ascii: ".")]] : [])
    }

    private static func target(of name: [UInt8], in directory: Int32) -> [UInt8]? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = withCString(name) { readlinkat(directory, $0, &buffer, buffer.count) }
        return count >= 0 ? buffer.prefix(count).map { UInt8(bitPattern: $0) } : nil
    }

    private static func open(_ name: [UInt8], in directory: Int32, _ flags: Int32, _ mode: UInt32) -> Int32 {
        withCString(name) { bm_openat(directory, $0, flags, mode) }
    }

    private static func withCString<R>(_ name: [UInt8], _ body: (UnsafePointer<CChar>) -> R) -> R {
        (name.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            // The terminator is always there, so the buffer has an address.
            buffer.baseAddress.map(body) ?? body("")
        }
    }
}
