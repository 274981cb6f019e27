import Dispatch
import FoundationEssentials
import Machine
import Synchronization

/// Reads disks side by side, so that a slow one costs its own time only, and one that hangs no more than five seconds.
enum DiskReaders {
    // A machine with hundreds of disks must not start hundreds of readers.
    private static let most = 64
    /// Reads one disk and tells of every step done.
    typealias Reader = @Sendable (DiskSource, _ progress: () -> Void) -> ReadDisk

    /// What each disk gave, in their order. A disk that does not answer is left to its reader and says so.
    static func read(
        _ sources: [DiskSource], patience: Int64 = DevicePatience.milliseconds,
        by reader: @escaping Reader = { ReadDisk($0, progress: $1) }
    ) -> [ReadDisk] {
        // Before the first thread is there: a fork takes along but one.
        var found = readApart(sources.enumerated().filter { $0.element.node != nil }, patience, reader)
        let images = sources.enumerated().filter { $0.element.node == nil }
        let results = Mutex<[Int: ReadDisk]>([:])
        DispatchQueue.concurrentPerform(iterations: images.count) { number in
            let image = reader(images[number].element) {}
            results.withLock { $0[images[number].offset] = image }
        }
        found.merge(results.withLock(\.self)) { first, _ in first }
        return sources.enumerated().map { index, source in
            found[index] ?? ReadDisk(source, failure: "it was not read")
        }
    }

    // A device that hangs takes along whoever reads it, until it answers: a process of its own each.
    private static func readApart(
        _ sources: [(offset: Int, element: DiskSource)], _ patience: Int64, _ reader: Reader
    ) -> [Int: ReadDisk] {
        var waiting = sources[...]
        var running: [Int: (child: ReaderChild, source: DiskSource)] = [:]
        var found: [Int: ReadDisk] = [:]
        while !waiting.isEmpty || !running.isEmpty {
            while running.count < most, let (index, source) = waiting.popFirst() {
                do throws(SystemError) {
                    running[index] = (try ReaderChild { encoded(reader(source, $0)) }, source)
                } catch { found[index] = ReadDisk(source, failure: error.description) }
            }
            ReaderChild.wait(for: running.values.map(\.child), milliseconds: 200)
            let now = Clock.milliseconds()
            for (index, (child, source)) in running {
                switch child.state() {
                case .answered(let bytes): found[index] = decoded(bytes, source)
                case .failed(let why):
                    found[index] = ReadDisk(source, failure: "its reader did not come to an end: \(why)")
                case .working where now - child.heard >= patience:
                    found[index] = ReadDisk(source, failure: DevicePatience.loss(after: patience))
                case .working: continue
                }
                running[index] = nil
            }
        }
        return found
    }

    private static func encoded(_ disk: ReadDisk) -> [UInt8] {
        (try? JSONEncoder().encode(disk)).map { [UInt8]($0) } ?? []
    }

    private static func decoded(_ bytes: [UInt8], _ source: DiskSource) -> ReadDisk {
        guard var disk = try? JSONDecoder().decode(ReadDisk.self, from: Data(bytes)) else {
            return ReadDisk(source, failure: "what its reader said could not be understood")
        }
        guard disk.disk.failure == nil else { return disk }
        do { disk.open = try OpenDisk(source.path) } catch { disk.disk.failure = "\(error)" }
        return disk
    }
}
