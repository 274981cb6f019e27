import Glibc
import Machine
import TestFiles
import Testing

@Suite(
    .enabled("needs root and busybox-static: apt-get install busybox-static") { geteuid() == 0 && hasBusybox }
)
struct Confinement {
    let scratch: TemporaryDirectory

    init() throws {
        scratch = try TemporaryDirectory()
        try scratch.makeRoot()
    }

    private func run(_ line: String, patience: Int = 20_000, input: [UInt8] = []) throws -> ChildResult {
        try Command(.shell, "-c", line).run(
            Surroundings(root: scratch.path, confined: true, patience: patience), input: input)
    }

    @Test func `the tool sees its own root and its own processes alone`() throws {
        let result = try run("echo $PWD; ls /; ls -d /proc/[0-9]*")
        #expect(result.status == 0, "\(result.complaint)")
        #expect(result.text.hasPrefix("/\nbin\ndev\netc\nproc\ntmp\n"))
        let processes = result.text.split(separator: "\n").filter { $0.hasPrefix("/proc/") }
        #expect(processes.count <= 4, "\(processes)")
        #expect(processes.contains("/proc/1"))
    }

    @Test(arguments: [("exit 7", 7), ("kill -SEGV $$", 139)])
    func `the status travels out of the namespace`(line: String, status: Int32) throws {
        #expect(try run(line).status == status)
    }

    @Test func `input has an end inside too`() throws {
        #expect(try run("cat; echo over", input: Array("in\n".utf8)).text == "in\nover\n")
    }

    @Test func `the command line is the system's own where that is known`() throws {
        let outside = try RootDirectory("/").text("/proc/cmdline")
        #expect(try run("cat /proc/cmdline").text == outside)
        try scratch.write("root=/dev/own quiet\n", to: "run/bootmend-cmdline")
        #expect(try run("cat /proc/cmdline").text == "root=/dev/own quiet\n")
        #expect(try RootDirectory("/").text("/proc/cmdline") == outside)
        // A link that leads out shows nothing of what is there.
        try scratch.write("secret\n", to: "secret")
        unlink(scratch.path + "/run/bootmend-cmdline")
        symlink("/etc/hostname", scratch.path + "/run/bootmend-cmdline")
        #expect(try run("cat /proc/cmdline").text == outside)
    }

    @Test func `nothing stays mounted outside`() throws {
        // First that a mount there would be seen.
        let mounts = { try RootDirectory("/").text("/proc/self/mounts", limit: 1 << 22) ?? "" }
        #expect(try mounts().contains(" /proc proc "))
        #expect(try run("mount -t tmpfs none /tmp && cat /proc/mounts").text.contains(" /tmp tmpfs "))
        #expect(try !mounts().contains(scratch.path))
    }

    @Test func `strays end with the tool`() throws {
        let result = try run("(while :; do echo alive >/tmp/beat; sleep 0.05; done) & sleep 0.3")
        #expect(result.status == 0)
        let beat = scratch.path + "/tmp/beat"
        #expect(access(beat, F_OK) == 0)
        unlink(beat)
        usleep(300_000)
        #expect(access(beat, F_OK) != 0)
    }

    @Test func `time that runs out takes grandchildren along`() throws {
        let result = try run("(sleep 2; echo late >/tmp/late) & sleep 60", patience: 300)
        #expect(result.timedOut)
        usleep(2_300_000)
        #expect(access(scratch.path + "/tmp/late", F_OK) != 0)
    }

    @Test func `a proc that is a link out of the root is refused`() throws {
        rmdir(scratch.path + "/proc")
        try scratch.link("/tmp", at: "proc")
        #expect(throws: SystemError.self) { try run("true") }
    }

    @Test func `a tool that leads out of the root by a link is not found there`() throws {
        // "/bin/sh" of the target points at the rescue system's absolute path: inside the root there is no such file.
        unlink(scratch.path + "/bin/sh")
        try scratch.link("/usr/bin/env", at: "bin/sh")
        let error = #expect(throws: SystemError.self) { try run("true") }
        #expect(error?.detail == "the installed system has no such program")
    }
}
