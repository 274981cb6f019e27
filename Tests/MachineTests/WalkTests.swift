import CLinux
import Glibc
import TestFiles
import Testing

@testable import Machine

/// The walk for old kernels has to come to the same file, or the same error, as openat2(2).
@Suite struct Walk {
    let scratch: TemporaryDirectory
    let root: RootDirectory

    init() throws {
        scratch = try TemporaryDirectory()
        try scratch.write("outside", to: "secret")
        try scratch.write("f", to: "root/a/b/c/file")
        try scratch.write("g", to: "root/etc/fstab")
        for (target, name) in [
            ("/etc/fstab", "absolute"), ("../etc/fstab", "a/relative"), ("../../../../../../etc", "a/b/high"),
            ("/", "slash"), ("..", "up"), ("loop", "loop"), ("b", "chain0"), ("nothing", "dangling"),
            ("etc/", "directory"), ("etc/fstab/", "filewithslash"), ("/a/b", "deep"), ("deep/c", "deeper"),
            ("../secret", "hostile"), (scratch.path + "/secret", "hostile2"), (".", "self"),
            ("self/self/self", "selves"),
        ] { try scratch.link(target, at: "root/" + name) }
        for (name, count) in [("forty", 40), ("fortyone", 41)] {
            for number in 1..<count { try scratch.link("\(name)\(number + 1)", at: "root/\(name)\(number)") }
            try scratch.link("etc/fstab", at: "root/\(name)\(count)")
        }
        // A target that is not UTF-8.
        let bytes: [CChar] = [0x66, -1, 0]
        let directory = open(scratch.path + "/root", O_RDONLY)
        close(openat(directory, bytes, O_CREAT | O_WRONLY, 0o644))
        symlinkat(bytes, directory, "latin")
        close(directory)
        root = try RootDirectory(scratch.path + "/root")
    }

    static let paths = [
        ".", "/", "..", "../..", "", "a", "a/", "a/b/c/file", "a/b/c/file/", "a/b/c/file/.", "a/b/c/file/..",
        "absolute",
        "absolute/", "a/relative", "a/b/high/fstab", "a/b/high", "slash", "slash/etc/fstab", "up",
        "up/up/etc/fstab",
        "loop", "loop/x", "chain0", "dangling", "dangling/x", "directory", "directory/fstab", "filewithslash",
        "deep",
        "deep/c/file", "deeper/file", "deeper/../../b/c/file", "hostile", "hostile2", "../secret", "self",
        "selves/etc",
        "forty1", "fortyone1", "latin", "missing", "missing/x", "etc/fstab/x", "//etc//fstab",
        "./etc/./fstab",
        String(repeating: "n", count: 256), String(repeating: "a/../", count: 1000),
        String(repeating: "./", count: 2000), "a/../../../etc/fstab",
    ]

    static let ways: [Int32] = [
        bm_o_path, bm_o_path | O_NOFOLLOW, O_RDONLY, O_RDONLY | O_NOFOLLOW, O_RDONLY | O_DIRECTORY,
        O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
    ]

    private func identity(_ fd: Int32) -> String {
        guard fd >= 0 else { return String(cString: strerror(-fd)) }
        defer { close(fd) }
        var status = stat()
        fstat(fd, &status)
        return "inode \(status.st_ino) of \(status.st_dev), type \(status.st_mode & S_IFMT)"
    }

    @Test(arguments: paths, ways)
    func `the walk finds what the kernel finds`(path: String, flags: Int32) throws {
        // "" is "." for a RootDirectory; openat2 itself calls it ENOENT.
        let inside = path.isEmpty ? "." : path
        let kernel = bm_openat2_in_root(root.descriptor.number, inside, flags | O_CLOEXEC, 0)
        try #require(kernel != -ENOSYS, "this kernel has no openat2 to compare with")
        #expect(identity(root.walk(inside, flags | O_CLOEXEC, 0)) == identity(kernel))
    }

    @Test(arguments: ["new", "etc/new", "absolute", "dangling", "etc", "etc/fstab", "hostile", "missing/new"])
    func `the walk creates where the kernel creates`(path: String) throws {
        for flags in [O_CREAT | O_EXCL | O_WRONLY, O_CREAT | O_WRONLY] {
            let other = try Walk()
            let kernel = bm_openat2_in_root(root.descriptor.number, path, flags | O_CLOEXEC, 0o600)
            let walked = other.root.walk(path, flags | O_CLOEXEC, 0o600)
            #expect((kernel < 0 ? kernel : 0) == (walked < 0 ? walked : 0), "\(path) \(flags)")
            for fd in [kernel, walked] where fd >= 0 { close(fd) }
            for name in ["new", "etc/new", "nothing"] {
                #expect(root.exists(name) == other.root.exists(name), "\(name) after \(path) \(flags)")
                unlink(root.path + "/" + name)
            }
            #expect(try RootDirectory(scratch.path).text("secret") == "outside")
            #expect(try RootDirectory(other.scratch.path).text("secret") == "outside")
        }
    }

    @Test func `no descriptor stays open after a walk`() throws {
        let before = try RootDirectory("/").list("/proc/self/fd")?.count ?? 0
        for path in Self.paths {
            for flags in Self.ways { _ = identity(root.walk(path, flags, 0)) }
        }
        // Other tests open files meanwhile, but not hundreds.
        let after = try RootDirectory("/").list("/proc/self/fd")?.count ?? 0
        #expect(after < before + 100)
    }
}
