import BootFiles
import Dispatch
import Glibc
import Machine
import Synchronization

/// Reads initramfs images while the survey goes on: they are most of its work.
///
/// As many at once as there are processors. Not a task group: the program's entry is synchronous, and reading disks
/// would starve the cooperative pool.
final class ImageReading: Sendable {
    private struct Place: Hashable {
        var directory: Int
        var image: Int
    }

    // A rescue image of Red Hat, with all drivers there are, has 100 MB; more is no image.
    private static let largestImage: UInt64 = 1 << 30

    private let answers = Mutex<[Place: Result<InitramfsFacts, SystemError>]>([:])
    private let group = DispatchGroup()
    private let queue = DispatchQueue(label: "images", attributes: .concurrent)
    private let processors = DispatchSemaphore(value: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// Begins to read the images that a boot directory has open; `number` is its place among the directories.
    func begin(_ pending: [Int: OpenFile], of number: Int) {
        // The largest first: the one that is read last decides how long it takes.
        for (image, file) in pending.sorted(by: { $0.value.size > $1.value.size }) {
            let place = Place(directory: number, image: image)
            queue.async(group: group) { [self] in
                processors.wait()
                defer { processors.signal() }
                let answer = Self.read(file)
                answers.withLock { $0[place] = answer }
            }
        }
    }

    /// Waits for all of them, and puts what they hold where it belongs.
    func finish(_ readings: [BootDirectory.Reading]) -> [BootDirectory] {
        group.wait()
        var directories = readings.map(\.directory)
        for (place, answer) in answers.withLock({ $0 }) {
            switch answer {
            case .success(let facts): directories[place.directory].images[place.image].facts = facts
            case .failure(let error):
                let mount = readings[place.directory].mountedAt
                directories[place.directory].images[place.image].failure = error.inside(mount).description
            }
        }
        return directories
    }

    private static func read(_ file: OpenFile) -> Result<InitramfsFacts, SystemError> {
        guard file.size <= largestImage else {
            return .failure(SystemError("read", file.name, detail: "\(file.size) bytes are no initramfs"))
        }
        return Result { () throws(SystemError) in try InitramfsReader.read(file) }
    }
}
