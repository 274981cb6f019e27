import Machine
import Storage

/// Gathers everything there is to see into one survey, and writes no byte to any disk.
///
/// The process has a private mount namespace by then (`enterPrivateMounts`, before its first thread).
package enum Surveyor {
    package static func survey(_ request: SurveyRequest) throws(SystemError) -> Survey {
        request.progress("Reading \(request.disks.description)")
        let storage = try read(request.disks)
        let survey = try look(storage, request)
        // Asked for only where what is wanted was not found without them.
        let locked = survey.lockedContainers(for: request.root)
        guard !locked.isEmpty else { return survey }
        var unlocking = Unlocking()
        for container in locked { unlocking.open(container, in: storage, request) }
        guard !unlocking.opened.isEmpty else { return survey }
        defer { unlocking.close() }
        let inside = try read(request.disks, containers: unlocking.opened)
        return unlocking.forget(try look(inside, request))
    }

    private static func read(
        _ disks: SurveyRequest.Disks, containers: [DiskSource] = []
    ) throws(SystemError) -> StorageMap {
        switch disks {
        // Finds open containers itself.
        case .system: try StorageReader.readSystem()
        case .paths(let paths): try StorageReader.read(paths: paths, containers: containers)
        }
    }

    private static func look(_ storage: StorageMap, _ request: SurveyRequest) throws(SystemError) -> Survey {
        let count = FilesystemTour.candidates(storage).count
        if count > 0 { request.progress("Looking into \(count) filesystem\(count == 1 ? "" : "s")") }
        let running = RunningSystem()
        let tour = try FilesystemTour(storage, running: running, includeRunning: request.includeRunning)
        for volume in storage.volumes { tour.visit(volume) }
        let images = tour.readings.reduce(0) { $0 + $1.pending.count }
        if images > 0 { request.progress("Reading \(images) initramfs image\(images == 1 ? "" : "s")") }
        let destinations = CoreDestinations(storage: storage, readings: tour.readings)
        var storage = storage
        let boots = storage.disks.indices.map { index in
            let path = storage.path(of: storage.disks[index].id)
            return boot(&storage.disks[index], at: path, destinations)
        }
        let directories = tour.finish()
        let medium = try RootDirectory("/")
        // What this machine's firmware starts says nothing of images.
        let manager: BootManager? = if case .system = request.disks { BootManager.read(medium) } else { nil }
        let inUse: [InUse]? =
            if case .system = request.disks { InUse.all(storage, running, medium) } else { nil }
        let survey = Survey(
            medium: Medium.read(medium), storage: storage, diskBoots: boots,
            bootDirectories: directories, installations: tour.installations, rejected: tour.rejected,
            otherHalves: tour.otherHalves,
            mounted: request.includeRunning ? running.mounted(storage) : nil,
            esps: ESP.all(in: storage, tour.installations),
            hibernatedFiles: SwapFileImage.all(in: directories, storage), inUse: inUse, bootManager: manager)
        return survey.withoutOldHalves()
    }

    private static func boot(_ disk: inout Disk, at path: String, _ destinations: CoreDestinations)
        -> DiskBoot
    {
        // One that has not answered is not asked again.
        if let failure = disk.failure { return DiskBoot(disk: disk.id, record: nil, failure: failure) }
        do throws(SystemError) {
            let source = try BlockSource(path)
            let boot = DiskBoot.read(disk, from: source, destinations)
            disk.noteReadError(of: source)
            return boot
        } catch { return DiskBoot(disk: disk.id, record: nil, failure: error.description) }
    }
}

extension SurveyRequest.Disks: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system: "the disks of this machine"
        // A line of a console holds the names of a few.
        case .paths(let paths) where paths.count > 4: "\(paths.count) disks"
        case .paths(let paths): paths.joined(separator: ", ")
        }
    }
}
