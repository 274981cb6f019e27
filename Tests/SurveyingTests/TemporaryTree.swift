import Glibc
import Machine

/// A directory tree made for one test, gone with it.
final class TemporaryTree {
    let path: String

    init(_ files: [String: String] = [:], links: [String: String] = [:]) throws {
        var template = Array("/tmp/bootmend-survey-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("make", "a directory", number: errno) }
        path = template.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        for (name, text) in files { try write(name, Array(text.utf8)) }
        for (name, target) in links {
            directory(of: name)
            symlink(target, path + "/" + name)
        }
    }

    /// A name that ends in a slash makes a directory.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        directory(of: name)
        guard !name.hasSuffix("/") else { return }
        let file = try Descriptor(opening: path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(bytes, at: 0, of: name)
    }

    func root() throws -> RootDirectory { try RootDirectory(path) }

    private func directory(of name: String) {
        var built = path
        for part in name.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            built += "/" + part
            mkdir(built, 0o755)
        }
    }

    private static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        if let stream = opendir(path) {
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { $0.prefix { $0 != 0 } }
                let text = String(decoding: name, as: UTF8.self)
                if text != "." && text != ".." { remove(path + "/" + text) }
            }
            closedir(stream)
        }
        rmdir(path)
    }

    deinit { Self.remove(path) }
}
