import Machine
import TestFiles

extension TemporaryDirectory {
    /// Of these files and links; a name that ends in a slash makes a directory.
    convenience init(_ files: [String: String], links: [String: String] = [:]) throws {
        try self.init()
        for (name, text) in files {
            makeDirectories(above: name)
            if !name.hasSuffix("/") { try write(text, to: name) }
        }
        for (name, target) in links { try link(target, at: name) }
    }

    func root() throws -> RootDirectory { try RootDirectory(path) }
}
