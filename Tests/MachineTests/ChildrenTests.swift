import Glibc
import Machine
import TestFiles
import Testing

@Suite struct Children {
    @Test(arguments: [
        ("exit 0", 0), ("exit 1", 1), ("exit 255", 255), ("kill -TERM $$", 143), ("kill -KILL $$", 137),
    ])
    func `the status says how the child ended`(line: String, status: Int32) throws {
        let result = try shell(line)
        #expect(result.status == status)
        #expect(result.succeeded == (status == 0))
    }

    @Test func `output and complaint are kept apart`() throws {
        let result = try shell("echo answer; echo trouble >&2")
        #expect(result.text == "answer\n")
        #expect(result.complaint.contains("trouble"))
    }

    @Test func `the complaint is the last ten lines`() throws {
        let result = try shell("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do echo line $i >&2; done; exit 3")
        #expect(result.complaint.split(separator: "\n").map(String.init) == (4...13).map { "line \($0)" })
    }

    @Test func `output past the limit is read and dropped`() throws {
        let result = try Command(.shell, "-c", "head -c 300000 /dev/zero; echo end >&2").run(limit: 1000)
        #expect(result.output.count == 1000)
        #expect(result.complaint.hasSuffix("end"))
    }

    @Test func `a program that is not there is an error that names its package`() {
        #expect(throws: SystemError.self) { try Command(.mkinitcpio).run() }
        let error = #expect(throws: SystemError.self) { _ = try Command(.mkinitcpio).locate(in: nil) }
        #expect(error?.hint == "install the package 'mkinitcpio'")
    }

    @Test func `only the fixed environment and the command's own reach the child`() throws {
        setenv("BOOTMEND_TEST_SECRET", "1", 1)
        setenv("GREP_OPTIONS", "-v", 1)
        let result = try Command(.shell, "-c", "env", environment: ["GRUB_DISABLE_OS_PROBER": "true"]).run()
        let names = Set(
            result.text.split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) })
        #expect(
            names.isSubset(of: [
                "PATH", "LC_ALL", "HOME", "TERM", "LVM_SUPPRESS_FD_WARNINGS", "GRUB_DISABLE_OS_PROBER", "PWD",
                "SHLVL",
                "_", "OLDPWD",
            ]))
        #expect(result.text.contains("GRUB_DISABLE_OS_PROBER=true\n"))
    }

    @Test func `input of any size arrives whole, and its end too`() throws {
        let input = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        #expect(try shell("wc -c", input: input).text.contains("1048576"))
        #expect(try shell("cat /dev/stdin | wc -c", input: Array("abc".utf8)).text.contains("3"))
        // A child that does not read it must not end bootmend with SIGPIPE.
        #expect(try shell("exit 4", input: input).status == 4)
    }

    @Test func `without input there is an end at once`() throws {
        #expect(try shell("cat; echo over").text == "over\n")
    }

    @Test func `time that runs out kills the child and says so`() throws {
        let start = Clock.milliseconds()
        let result = try shell("echo begun; sleep 60", Surroundings(patience: 300))
        #expect(result.timedOut)
        #expect(!result.succeeded)
        #expect(result.text == "begun\n")
        #expect(Clock.milliseconds() - start < 5000)
    }

    @Test(arguments: [
        "setsid sleep 60 & echo gone", "(setsid sh -c 'while :; do echo noise; done') & sleep 0.2",
    ])
    func `a stray that holds the pipe does not hold bootmend`(line: String) throws {
        let start = Clock.milliseconds()
        let result = try shell(line, Surroundings(patience: 30_000))
        #expect(result.status == 0)
        #expect(!result.timedOut)
        #expect(Clock.milliseconds() - start < 5000)
    }

    @Test func `a child that closes its streams is still waited for, and still timed`() throws {
        #expect(try shell("exec >&- 2>&-; sleep 0.3; exit 9").status == 9)
        #expect(try shell("exec >&- 2>&-; sleep 60", Surroundings(patience: 300)).timedOut)
    }

    @Test func `a stop ends the child`() throws {
        let start = Clock.milliseconds()
        let result = try shell("sleep 60", Surroundings(stop: { Clock.milliseconds() - start > 200 }))
        #expect(result.stopped)
        #expect(!result.timedOut)
        #expect(Clock.milliseconds() - start < 5000)
    }

    // As under load: the watching thread comes back from poll(2) late, and the child has spoken and gone meanwhile.
    @Test func `what a child says last is not lost when it is looked at late`() throws {
        signal(SIGUSR1) { _ in usleep(500_000) }
        var late = sigset_t()
        sigaddset(&late, SIGUSR1)
        pthread_sigmask(SIG_UNBLOCK, &late, nil)
        defer { pthread_sigmask(SIG_BLOCK, &late, nil) }
        var delay = pthread_t()
        let watching = UnsafeMutableRawPointer(bitPattern: pthread_self())
        pthread_create(
            &delay, nil,
            { watching in
                usleep(300_000)
                pthread_kill(pthread_t(bitPattern: watching), SIGUSR1)
                return nil
            }, watching)
        let result = try shell("sleep 0.4; echo last; echo words >&2")
        pthread_join(delay, nil)
        #expect(result.text == "last\n")
        #expect(result.complaint.contains("words"))
    }

    @Test func `everything said goes into the log as it is said`() throws {
        let scratch = try TemporaryDirectory()
        let log = try Descriptor(opening: scratch.path + "/log", O_RDWR | O_CREAT)
        let result = try shell("echo one; echo two >&2; exit 5", Surroundings(log: log.number))
        #expect(result.status == 5)
        let text = String(decoding: try log.read(at: 0, count: 100, of: "log"), as: UTF8.self)
        #expect(Set(text.split(separator: "\n")) == ["one", "two"])
    }

    @Test func `no descriptor of bootmend's reaches the child`() throws {
        let low = dup(1)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let high = fcntl(1, F_DUPFD, Int32(min(limit.rlim_cur, 5000)) - 100)
        defer {
            close(low)
            close(high)
        }
        // First that such a leak would be seen at all.
        let plain = try #require(popen("ls /proc/self/fd", "r"))
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, 4000, plain)
        pclose(plain)
        let seen = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #expect(seen.split(separator: "\n").contains("\(high)"))
        let result = try shell("ls /proc/$$/fd")
        #expect(
            Set(result.text.split(separator: "\n")).isSubset(of: ["0", "1", "2", "10"]), "\(result.text)")
    }

    @Test func `a descriptor among the standard streams is not lost on the way`() throws {
        // bootmend may be started with its standard streams closed; then its pipes lie there.
        let result = try shell("sh -c 'exec 0<&- 1<&- 2<&-; exit 6'")
        #expect(result.status == 6)
    }

    @Test func `files made by a child have the usual mode`() throws {
        let scratch = try TemporaryDirectory()
        let before = umask(0o077)
        defer { umask(before) }
        _ = try shell("touch \(scratch.path)/made")
        #expect(try RootDirectory(scratch.path).entry("made")?.mode == 0o644)
    }
}
