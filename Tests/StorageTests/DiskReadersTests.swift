import Glibc
import Machine
import Testing

@testable import Storage

struct DiskReadersTests {
    private static func device(_ name: String) -> DiskSource {
        DiskSource(id: VolumeID("/dev/\(name)"), path: "/dev/\(name)", node: "/dev/\(name)")
    }

    @Test func `a disk that hangs is left alone and the others are read`() {
        let sources = ["a", "hung", "b"].map(Self.device)
        let started = Clock.milliseconds()
        let read = DiskReaders.read(sources, patience: 300) { source, _ in
            while source.path == "/dev/hung" { sleep(1) }
            return ReadDisk(source, failure: "read")
        }
        #expect(Clock.milliseconds() - started < 5000)
        #expect(read.map(\.disk.id) == sources.map(\.id))
        #expect(read.map { $0.disk.failure == "read" } == [true, false, true])
        #expect(read[1].disk.failure?.contains("has not answered") == true)
    }

    @Test func `a disk whose bytes end its reader ends nothing else`() {
        let read = DiskReaders.read(["a", "hostile"].map(Self.device)) { source, _ in
            if source.path == "/dev/hostile" { kill(getpid(), SIGKILL) }
            return ReadDisk(source, failure: "read")
        }
        #expect(read[0].disk.failure == "read")
        #expect(read[1].disk.failure?.contains("ended by a signal: Killed") == true)
    }

    @Test func `a disk that is slow but goes on is waited for`() {
        let read = DiskReaders.read([Self.device("slow")], patience: 500) { source, progress in
            for _ in 0..<6 {
                usleep(200_000)
                progress()
            }
            return ReadDisk(source, failure: "read")
        }
        #expect(read[0].disk.failure == "read")
    }

    @Test func `more disks than readers are all read, and images as well`() {
        let sources = (0..<200).map { Self.device("\($0)") } + (0..<200).map { .image("/tmp/\($0)") }
        let read = DiskReaders.read(sources) { source, _ in ReadDisk(source, failure: "read") }
        #expect(read.map(\.disk.id) == sources.map(\.id))
        #expect(read.allSatisfy { $0.disk.failure == "read" })
    }

    @Test func `what a reader has found out arrives as it was`() {
        let piece = Piece(disk: VolumeID("/dev/a"), offset: 0, length: .max)
        let read = DiskReaders.read([Self.device("a")]) { source, _ in
            var disk = ReadDisk(source, failure: "read")
            disk.contents[[piece]] = Content(
                signature: Signature(type: "ext4"), log: .dirty, failure: "\u{1b} \u{9b}")
            return disk
        }
        #expect(read[0].contents[[piece]]?.failure == "\u{1b} \u{9b}")
        #expect(read[0].contents[[piece]]?.log == .dirty)
    }
}
