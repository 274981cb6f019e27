import CLinux
import Dispatch
import Glibc
import Synchronization
import TestFiles
import Testing

@testable import Machine

@Suite struct Sources {
    static let spans: [(offset: UInt64, count: Int)] = [
        (0, 4), (2, 100), (4, 1), (5, 1), (.max, 1), (0, 0), (0, -1), (3, .max),
    ]

    @Test(arguments: spans)
    func `bytes past the end are not there, however far`(offset: UInt64, count: Int) throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("abcd", to: "image")
        let bytes = Array("abcd".utf8)
        let wanted =
            offset >= 4 || count <= 0
            ? [] : Array(bytes[Int(offset)..<Int(offset) + min(count, 4 - Int(offset))])
        let memory: any ByteSource = MemorySource(bytes)
        #expect(try memory.read(at: offset, count: count) == wanted)
        #expect(try BlockSource(scratch.path + "/image").read(at: offset, count: count) == wanted)
        let file = try #require(try RootDirectory(scratch.path).open("image"))
        #expect(try file.read(at: offset, count: count) == wanted)
    }

    @Test(arguments: ["fifo", ".", "/dev/null", "missing"])
    func `a source is a device or a file and nothing else`(name: String) throws {
        let scratch = try TemporaryDirectory()
        mkfifo(scratch.path + "/fifo", 0o644)
        #expect(throws: SystemError.self) {
            try BlockSource(name.hasPrefix("/") ? name : scratch.path + "/" + name)
        }
    }

    @Test func `a descriptor writes where it is told and reads it back`() throws {
        let scratch = try TemporaryDirectory()
        let file = try Descriptor(opening: scratch.path + "/file", O_RDWR | O_CREAT)
        try file.write([1, 2, 3], at: 5, of: "file")
        #expect(try file.read(at: 4, count: 10, of: "file") == [0, 1, 2, 3])
        #expect(throws: SystemError.self) { try file.write([1], at: UInt64.max, of: "file") }
    }

    @Test func `a full device is an error of the write`() throws {
        let full = try Descriptor(opening: "/dev/full", O_WRONLY)
        let error = #expect(throws: SystemError.self) { try full.write([1], at: 0, of: "/dev/full") }
        #expect(error?.number == ENOSPC)
    }

    @Test(
        .enabled("needs root and loop devices") { geteuid() == 0 && access("/dev/loop-control", F_OK) == 0 })
    func `a device is read past the page cache, at any offset`() throws {
        let scratch = try TemporaryDirectory()
        // A size that is no multiple of 4096, as disks of 512-byte sectors have.
        let bytes = (0..<(512 * 2001)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let image = try Descriptor(opening: scratch.path + "/image", O_RDWR | O_CREAT)
        try image.write(bytes, at: 0, of: "image")
        var loop: Int32 = -1
        let number = bm_loop_attach(image.number, 0, 0, 512, 0, "bootmend-test", &loop)
        try #require(number >= 0)
        let held = Descriptor(adopting: loop)
        // By a process of its own, and by this one.
        for source in [
            try BlockSource("/dev/loop\(number)"), try BlockSource("/dev/loop\(number)", apart: false),
        ] {
            #expect(source.isBlockDevice)
            #expect(source.sectorSize == 512)
            #expect(source.size == UInt64(bytes.count))
            for (offset, count) in [
                (0, 1), (511, 2), (4095, 4098), (bytes.count - 3, 100), (0, bytes.count), (12345, 54321),
            ] {
                let wanted = Array(bytes[offset..<min(bytes.count, offset + count)])
                #expect(try source.read(at: UInt64(offset), count: count) == wanted)
            }
            #expect(source.readError == nil)
            try image.write([0xaa], at: 700, of: "image")
            _ = bm_drop_cache(held.number)
            #expect(try source.read(at: 700, count: 1) == [0xaa])
            try image.write([bytes[700]], at: 700, of: "image")
            _ = bm_drop_cache(held.number)
        }
        // The loop device keeps its size; what is behind the end of its file is an error of the device.
        try check(minusOne: { ftruncate(image.number, 4096) }, "cut", "image")
        let source = try BlockSource("/dev/loop\(number)")
        let error = #expect(throws: SystemError.self) { try source.read(at: 500_000, count: 512) }
        #expect(error?.number == EIO)
        #expect(try source.read(at: 0, count: 512) == Array(bytes[..<512]))
        #expect(source.readError == error)
    }

    /// An open file, as a device that is read.
    private static func file(_ text: String) throws -> Descriptor {
        let scratch = try TemporaryDirectory()
        try scratch.write(text, to: "image")
        return try Descriptor(opening: scratch.path + "/image", O_RDONLY)
    }

    @Test func `a device that does not answer is lost, and not asked again`() throws {
        let image = try Self.file("abcd")
        let server = ReadServer(reading: image.number, dropsCache: false, patience: 300)
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(server.read(at: 1, into: &bytes, count: 16) == .bytes(3))
        #expect(bytes.starts(with: Array("bcd".utf8)))
        // As one that waits in the kernel: it does nothing any more.
        kill(server.process, SIGSTOP)
        let started = Clock.milliseconds()
        guard case .lost(let why) = server.read(at: 0, into: &bytes, count: 4) else {
            Issue.record("it is not lost")
            return
        }
        #expect(why.contains("has not answered"))
        #expect(Clock.milliseconds() - started < 5000)
        kill(server.process, SIGCONT)
        #expect(server.read(at: 0, into: &bytes, count: 4) == .lost(why))
    }

    @Test func `a reader that is killed is a device that is lost`() throws {
        let image = try Self.file("abcd")
        let server = ReadServer(reading: image.number, dropsCache: false)
        var bytes = [UInt8](repeating: 0, count: 4)
        #expect(server.read(at: 0, into: &bytes, count: 4) == .bytes(4))
        kill(server.process, SIGKILL)
        guard case .lost = server.read(at: 0, into: &bytes, count: 4) else {
            Issue.record("it is not lost")
            return
        }
    }

    @Test func `many threads read one device at once`() throws {
        let scratch = try TemporaryDirectory()
        let bytes = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let image = try Descriptor(opening: scratch.path + "/image", O_RDWR | O_CREAT)
        try image.write(bytes, at: 0, of: "image")
        let server = ReadServer(reading: image.number, dropsCache: false)
        let differ = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 64) { number in
            var read = [UInt8](repeating: 0, count: 2 << 20)
            let start = number * 997
            // More than it reads at once.
            if server.read(at: UInt64(start), into: &read, count: 2 << 20) != .bytes(1 << 20)
                || read[..<(1 << 20)] != bytes[start..<start + 1 << 20]
            {
                differ.withLock { $0 += 1 }
            }
        }
        #expect(differ.withLock(\.self) == 0)
    }
}
