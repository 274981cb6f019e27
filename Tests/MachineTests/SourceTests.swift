import CLinux
import Glibc
import Machine
import TestFiles
import Testing

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
        let source = try BlockSource("/dev/loop\(number)")
        #expect(source.isBlockDevice)
        #expect(source.sectorSize == 512)
        #expect(source.size == UInt64(bytes.count))
        for (offset, count) in [
            (0, 1), (511, 2), (4095, 4098), (bytes.count - 3, 100), (0, bytes.count), (12345, 54321),
        ] {
            let wanted = Array(bytes[offset..<min(bytes.count, offset + count)])
            #expect(try source.read(at: UInt64(offset), count: count) == wanted)
        }
        try image.write([0xaa], at: 700, of: "image")
        _ = bm_drop_cache(held.number)
        #expect(try source.read(at: 700, count: 1) == [0xaa])
    }
}
