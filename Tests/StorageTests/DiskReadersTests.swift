import Dispatch
import Testing

@testable import Storage

struct DiskReadersTests {
    @Test func `a disk that hangs is left alone and the others are read`() {
        let forever = DispatchSemaphore(value: 0)
        defer { forever.signal() }
        let sources = ["a", "hung", "b"].map { DiskSource.image("/tmp/\($0)") }
        let read = DiskReaders.read(sources, patience: 300) { source, _ in
            if source.path == "/tmp/hung" { forever.wait() }
            return ReadDisk(source, failure: "read")
        }
        #expect(read.map(\.disk.id) == sources.map(\.id))
        #expect(read.map { $0.disk.failure == "read" } == [true, false, true])
        #expect(read[1].disk.failure?.contains("has not answered") == true)
    }

    @Test func `a disk that is slow but goes on is waited for`() {
        let pause = DispatchSemaphore(value: 0)
        let read = DiskReaders.read([.image("/tmp/slow")], patience: 300) { source, progress in
            for _ in 0..<6 {
                _ = pause.wait(timeout: .now() + .milliseconds(100))
                progress()
            }
            return ReadDisk(source, failure: "read")
        }
        #expect(read[0].disk.failure == "read")
    }

    @Test func `more disks than readers are all read`() {
        let sources = (0..<200).map { DiskSource.image("/tmp/\($0)") }
        let read = DiskReaders.read(sources) { source, _ in ReadDisk(source, failure: "read") }
        #expect(read.map(\.disk.id) == sources.map(\.id))
    }
}
