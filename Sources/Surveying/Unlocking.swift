import Machine
import Storage
import Sysimage

/// LUKS containers opened read-only for the time of a survey.
struct Unlocking: ~Copyable {
    /// How cryptsetup names what is opened; `bootmend-` marks it as bootmend's own.
    private static let prefix = "bootmend-luks-"

    private(set) var opened: [DiskSource] = []
    // A box each, since arrays cannot hold what cannot be copied.
    private var loops: [HeldLoop] = []

    private final class HeldLoop {
        let loop: LoopDevice
        init(_ loop: consuming LoopDevice) { self.loop = loop }
    }

    /// Asks for the passphrase, three times at most, and opens the container. What cannot be opened stays locked.
    mutating func open(_ volume: Volume, in storage: StorageMap, _ request: SurveyRequest) {
        guard let uuid = volume.signature?.uuid else { return }
        let node: String
        do throws(SystemError) { node = try reach(volume, in: storage) } catch {
            return request.progress(error.description)
        }
        let name = Self.prefix + uuid
        var tried: [UInt8]?
        for _ in 0..<3 {
            // One from a file does not get better by being tried again.
            guard let passphrase = request.passphrase(volume.name), passphrase != tried else { return }
            tried = passphrase
            do throws(SystemError) {
                let result = try Self.opening(node, as: name).run(input: passphrase)
                if result.succeeded {
                    let path = "/dev/mapper/" + name
                    opened.append(
                        DiskSource(id: VolumeID("luks:\(uuid)"), kind: .container, path: path, node: path))
                    return
                }
                request.progress("cannot open '\(volume.name)': \(result.complaint)")
                // cryptsetup(8): 2 is a wrong passphrase; nothing else gets better by asking again.
                if result.status != 2 { return }
            } catch { return request.progress(error.description) }
        }
    }

    /// `--key-file=-` takes standard input as it is, without a newline at its end.
    static func opening(_ node: String, as name: String) -> Command {
        Command(.cryptsetup, "open", "--readonly", "--type", "luks", "--key-file=-", node, name)
    }

    private mutating func reach(_ volume: Volume, in storage: StorageMap) throws(SystemError) -> String {
        if let node = volume.node { return node }
        guard let copy = volume.bestCopy, let piece = copy.pieces.first, copy.pieces.count == 1 else {
            throw SystemError("open", volume.name, detail: "it lies in several parts")
        }
        let loop = try LoopDevice(
            over: storage.path(of: piece.disk), offset: piece.offset, length: piece.length)
        let node = loop.node
        loops.append(HeldLoop(loop))
        return node
    }

    /// Closes what was opened.
    mutating func close() {
        for source in opened {
            let name = String(source.path.dropFirst("/dev/mapper/".count))
            _ = try? Command(.cryptsetup, "close", name).run()
        }
        loops = []
    }

    /// The survey without the nodes that are about to go.
    func forget(_ survey: Survey) -> Survey {
        var survey = survey
        let gone = Set(opened.map(\.path))
        for index in survey.storage.volumes.indices {
            if let node = survey.storage.volumes[index].node, gone.contains(node) {
                survey.storage.volumes[index].node = nil
            }
        }
        return survey
    }
}

extension Survey {
    /// Opens containers read-only once more, for longer than the survey took. Answers the survey with their nodes in it
    /// and the names of the mappings, which are the caller's to remove; on a failure none is left.
    package func unlocking(
        _ containers: [VolumeID], _ request: SurveyRequest
    ) throws(SystemError) -> (survey: Survey, mapped: [String]) {
        var unlocking = Unlocking()
        // Root and /boot may lie in one and the same.
        for id in containers
        where storage.volume(id)?.node == nil && !unlocking.opened.contains(where: { $0.id == id }) {
            guard let holder = storage.volume(holding: id) else { continue }
            let before = unlocking.opened.count
            unlocking.open(holder, in: storage, request)
            guard unlocking.opened.count > before else {
                unlocking.close()
                throw SystemError(
                    "look at", holder.name, detail: "it stays locked",
                    hint: "--passphrase-file FILE, or a terminal that asks")
            }
        }
        var survey = self
        for source in unlocking.opened {
            guard let index = survey.storage.volumes.firstIndex(where: { $0.id == source.id }) else {
                continue
            }
            survey.storage.volumes[index].node = source.path
        }
        return (survey, unlocking.opened.map { String($0.path.dropFirst("/dev/mapper/".count)) })
    }
}
