import Glibc
import Machine

/// A directory of its own for one test, gone with it.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// `parent` is another than /tmp for what memory has no room for.
    package init(in parent: String = "/tmp") throws {
        path = try newDirectory(in: parent, prefix: "bootmend-test-")
    }

    /// The directories above the file are made.
    package func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o644) throws {
        makeDirectories(above: name)
        let file = try Descriptor(opening: path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        try file.write(bytes, at: 0, of: name)
        chmod(path + "/" + name, mode)
    }

    package func write(_ text: String, to name: String, mode: mode_t = 0o644) throws {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    package func link(_ target: String, at name: String) throws {
        makeDirectories(above: name)
        guard symlink(target, path + "/" + name) == 0 else {
            throw SystemError("link", name, number: errno)
        }
    }

    /// Of a name that ends in a slash, the directory itself.
    package func makeDirectories(above name: String) {
        var directory = path
        for part in name.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            directory += "/" + part
            mkdir(directory, 0o755)
        }
    }

    // What is still mounted in it stays.
    deinit { _ = try? Command(.shell, "-c", "rm -rf --one-file-system '\(path)'").run() }
}
