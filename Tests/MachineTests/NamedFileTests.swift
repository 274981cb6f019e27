import Glibc
import Machine
import TestFiles
import Testing

@Suite struct `a file that a result goes to` {
    @Test(arguments: ["new", "old", "link", "fifo"])
    func `can be written before the work, and nothing is made`(name: String) throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("what was there", to: "old")
        try scratch.link("old", at: "link")
        mkfifo(scratch.path + "/fifo", 0o644)
        let before = try shell("ls -lA --time-style=full-iso '\(scratch.path)'").output
        #expect(throws: Never.self) { try NamedFile.checkWritable(scratch.path + "/" + name) }
        #expect(try shell("ls -lA --time-style=full-iso '\(scratch.path)'").output == before)
    }

    @Test(arguments: [
        ("nosuch/file", "cannot write into '*/nosuch/': No such file or directory"),
        ("old/file", "cannot write into '*/old/': Not a directory"),
        ("new/", "cannot write into '*/new/': No such file or directory"),
        ("directory", "cannot write '*/directory': it is not a regular file"),
    ])
    func `that cannot be written is refused before the work`(name: String, message: String) throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("what was there", to: "old", mode: 0o755)
        try #require(mkdir(scratch.path + "/directory", 0o755) == 0)
        let error = #expect(throws: SystemError.self) {
            try NamedFile.checkWritable(scratch.path + "/" + name)
        }
        #expect(error?.description == message.split(separator: "*").joined(separator: scratch.path))
        // What is refused before the work is what fails after it.
        #expect(throws: SystemError.self) {
            try NamedFile.write([1], to: scratch.path + "/" + name)
        }
    }

    @Test func `without a name is refused`() {
        #expect(throws: SystemError.self) { try NamedFile.checkWritable("") }
    }

    @Test(.enabled("root may write anywhere") { geteuid() != 0 })
    func `in a directory of somebody else is refused`() {
        let error = #expect(throws: SystemError.self) { try NamedFile.checkWritable("/etc/new") }
        #expect(error?.number == EACCES)
    }

    @Test func `is known by any of its names`() throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("disk", to: "disk.img")
        try scratch.write("disk", to: "other.img")
        try scratch.link("disk.img", at: "same.link")
        let disk = try #require(NamedFile.identity(scratch.path + "/disk.img"))
        #expect(NamedFile.identity(scratch.path + "/same.link") == disk)
        #expect(NamedFile.identity(scratch.path + "/other.img") != disk)
        #expect(NamedFile.identity(scratch.path + "/missing.img") == nil)
    }
}
