import Glibc
import Machine
import TestFiles
import Testing

extension TemporaryDirectory {
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
}

/// Runs a line of shell in the rescue system, here the one that tests.
func shell(_ line: String, _ surroundings: Surroundings = Surroundings(), input: [UInt8] = []) throws
    -> ChildResult
{
    try Command(.shell, "-c", line).run(surroundings, input: input)
}

let hasBusybox = access("/usr/bin/busybox", X_OK) == 0 || access("/bin/busybox", X_OK) == 0
