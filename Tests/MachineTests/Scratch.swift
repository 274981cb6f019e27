import Glibc
import Machine
import Testing

/// A directory of its own for one test, gone with it.
final class Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/bootmend-test-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    func write(_ text: String, to name: String, mode: mode_t = 0o644) throws {
        let parts = name.split(separator: "/")
        for count in 1..<max(parts.count, 1) {
            mkdir(path + "/" + parts.prefix(count).joined(separator: "/"), 0o755)
        }
        let file = try Descriptor(opening: path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        try file.write(Array(text.utf8), at: 0, of: name)
        chmod(path + "/" + name, mode)
    }

    func link(_ target: String, at name: String) throws {
        try #require(symlink(target, path + "/" + name) == 0)
    }

    /// A root that programs can be run in: the static busybox and nothing else.
    func makeRoot() throws {
        for name in ["bin", "proc", "tmp", "etc", "dev"] { mkdir(path + "/" + name, 0o755) }
        // The shell gives its background jobs /dev/null to read from, and starts none without.
        mknod(path + "/dev/null", S_IFCHR | 0o666, 0x103)
        let copy = try Command(
            .shell, "-c", "cp /usr/bin/busybox /bin/busybox '\(path)/bin/' 2>/dev/null; true"
        ).run()
        try #require(copy.succeeded)
        for name in ["sh", "true", "sleep", "cat", "ls", "mount"] { try link("busybox", at: "bin/" + name) }
    }

    deinit { _ = try? Command(.shell, "-c", "rm -rf --one-file-system '\(path)'").run() }
}

/// Runs a line of shell in the rescue system, here the one that tests.
func shell(_ line: String, _ surroundings: Surroundings = Surroundings(), input: [UInt8] = []) throws
    -> ChildResult
{
    try Command(.shell, "-c", line).run(surroundings, input: input)
}

let hasBusybox = access("/usr/bin/busybox", X_OK) == 0 || access("/bin/busybox", X_OK) == 0
