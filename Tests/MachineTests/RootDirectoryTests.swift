import Glibc
import Machine
import TestFiles
import Testing

@Suite struct RootDirectories {
    let scratch: TemporaryDirectory
    let root: RootDirectory

    init() throws {
        scratch = try TemporaryDirectory()
        mkdir(scratch.path + "/root", 0o755)
        try scratch.write("outside", to: "secret")
        try scratch.write("inside", to: "root/etc/fstab")
        root = try RootDirectory(scratch.path + "/root")
    }

    @Test(arguments: ["/etc/fstab", "etc/fstab", "//etc/./fstab", "../../etc/fstab", "/etc/../../etc/fstab"])
    func `every spelling of a path stays inside`(path: String) throws {
        #expect(try root.text(path) == "inside")
    }

    @Test(arguments: ["../secret", "../../secret", "SECRET", "up/secret"])
    func `no path and no link leads out`(path: String) throws {
        try scratch.link(scratch.path + "/secret", at: "root/SECRET")
        try scratch.link("../../../../..", at: "root/up")
        #expect(try root.text(path) == nil)
    }

    @Test func `an absolute link is followed inside the root`() throws {
        try scratch.link("/etc/fstab", at: "root/there")
        #expect(try root.text("there") == "inside")
        #expect(try root.link("there") == "/etc/fstab")
        #expect(try root.link("etc/fstab") == nil)
        #expect(try root.entry("there")?.size == 6)
    }

    @Test(arguments: ["fifo", "socket", "etc", "loop"])
    func `what is not a file is an error, and does not block`(name: String) throws {
        mkfifo(scratch.path + "/root/fifo", 0o644)
        try scratch.link("loop", at: "root/loop")
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let target = scratch.path + "/root/socket"
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: target.utf8) }
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(throws: SystemError.self) { try root.read(name) }
    }

    @Test func `a file larger than the limit is an error that names both`() {
        let error = #expect(throws: SystemError.self) { try root.read("etc/fstab", limit: 5) }
        #expect(error?.description.hasSuffix("etc/fstab': 6 bytes are more than the 5 expected") == true)
    }

    @Test func `files of proc, which have no size, are read to their end`() throws {
        let running = try RootDirectory("/")
        #expect(try running.text("/proc/self/mounts", limit: 1 << 22)?.contains("proc") == true)
        #expect(throws: SystemError.self) { try running.text("/proc/self/mounts", limit: 3) }
    }

    @Test func `names are listed sorted, and only so many`() throws {
        for name in ["b", "a", "ä", String(repeating: "n", count: 255)] {
            try scratch.write("", to: "root/d/" + name)
        }
        #expect(try root.list("d") == ["a", "b", String(repeating: "n", count: 255), "ä"])
        #expect(try root.list("none") == nil)
        #expect(try root.list("etc/fstab") == nil)
        #expect(throws: SystemError.self) { try root.list("d", limit: 3) }
    }

    @Test func `a name with a NUL in it is not another name`() {
        #expect(throws: SystemError.self) { try root.read("etc/fstab\0.old") }
    }

    @Test func `a link that turns in a circle is an error`() throws {
        try scratch.link("b", at: "root/a")
        try scratch.link("a", at: "root/b")
        let error = #expect(throws: SystemError.self) { try root.read("a") }
        #expect(error?.number == ELOOP)
    }

    @Test func `an error shows the path as the running system sees it`() {
        let error = #expect(throws: SystemError.self) { try root.read("etc") }
        #expect(error?.description == "cannot read '\(scratch.path)/root/etc': it is not a regular file")
    }
}
