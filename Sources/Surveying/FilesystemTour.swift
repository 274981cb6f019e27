import LibMount
import Machine
import Storage
import Sysimage

/// Looks into every filesystem that may hold a system or its /boot, once, and notes what it finds.
///
/// Initramfs images are read on other threads while the tour goes on; the filesystems they lie on stay mounted until
/// `finish`.
final class FilesystemTour {
    private let storage: StorageMap
    private let place: LookingPlace
    private let running: RunningSystem
    private let includeRunning: Bool
    /// Module aliases of the disks' controllers.
    private let aliases: [String]

    private(set) var installations: [Installation] = []
    private(set) var otherHalves: [OtherHalf] = []
    private(set) var readings: [BootDirectory.Reading] = []
    private(set) var rejected: [RejectedCandidate] = []
    /// What was cut short, of journals on a /var that is a filesystem of its own.
    private var cutShort: [VolumeID: [CutShortRun]] = [:]
    private let images = ImageReading()
    private var held: [HeldLook] = []

    /// A box, since arrays cannot hold what cannot be copied.
    private final class HeldLook {
        let looking: Looking
        init(_ looking: consuming Looking) { self.looking = looking }
    }

    init(_ storage: StorageMap, running: RunningSystem, includeRunning: Bool) throws(SystemError) {
        self.storage = storage
        self.running = running
        self.includeRunning = includeRunning
        aliases = Array(Set(storage.disks.flatMap(\.modaliases)))
        place = try LookingPlace()
    }

    /// The volumes worth looking into.
    static func candidates(_ storage: StorageMap) -> [Volume] {
        storage.volumes.filter { CandidateVolume($0, in: storage) == .filesystem }
    }

    func visit(_ volume: Volume) {
        switch CandidateVolume(volume, in: storage) {
        case .passedOver: return
        case .rejected(let reason): reject(volume, reason, isUnread: true)
        case .filesystem:
            switch running.use(of: volume, in: storage) {
            case .root where !includeRunning:
                return reject(volume, "the running system (use check, or --root /)")
            case .medium: return reject(volume, "the medium that the running system was started from")
            case .root, .none: break
            }
            do throws(SystemError) {
                try look(into: volume)
            } catch {
                if CandidateVolume.mayHoldRoot(volume) { reject(volume, error.reason, isUnread: true) }
            }
            // A node shows what the kernel made of the halves; there is no telling them apart behind it.
            if volume.node == nil { volume.otherHalves.forEach { visit($0, of: volume) } }
        }
    }

    private func look(into volume: Volume) throws(SystemError) {
        if volume.signature?.type == "btrfs" {
            try visitSubvolumes(of: volume)
        } else {
            try visitTree(of: volume)
        }
    }

    /// The half of a mirror that is not the best: its files are kept apart, and what cannot be read of it is no loss.
    private func visit(_ copy: Copy, of volume: Volume) {
        let (known, before, refused, runs) = (installations, readings.count, rejected, cutShort)
        installations = []
        try? look(into: volume.reduced(to: copy))
        let disks = copy.disks.sorted()
        for index in before..<readings.count { readings[index].half = disks }
        otherHalves.append(OtherHalf(volume: volume.id, disks: disks, installations: installations))
        (installations, rejected, cutShort) = (known, refused, runs)
    }

    /// Waits for the images that are still being read, lets go of the filesystems they lie on, and hands over the boot
    /// directories, each half its own.
    func finish() -> [BootDirectory] {
        for index in installations.indices {
            let fstab = Fstab(parsing: installations[index].fstab?.text ?? "").entries
            let sources = fstab.filter { $0.target == "/var" && $0.options.value("subvol") == nil }.map(
                \.source)
            let volumes = sources.flatMap { storage.volumes(source: $0) }.map(\.id)
            installations[index].cutShort? += volumes.compactMap { cutShort[$0] }.joined()
        }
        let directories = images.finish(readings)
        held = []
        for index in otherHalves.indices {
            let half = otherHalves[index]
            otherHalves[index].bootDirectories = zip(readings, directories)
                .filter { $0.0.half == half.disks && $0.1.volume == half.volume }.map(\.1)
        }
        return zip(readings, directories).filter { $0.0.half == nil }.map(\.1)
    }

    private func reject(_ volume: Volume, _ reason: String, isUnread: Bool? = nil) {
        rejected.append(
            RejectedCandidate(volume: volume.id, name: volume.name, reason: reason, isUnread: isUnread))
    }

    // MARK: one tree on a filesystem

    private func visitTree(of volume: Volume) throws(SystemError) {
        // /boot as GRUB sees it: the log is left alone.
        let looking = try Looking(volume, in: storage, at: place)
        let tree = try looking.root()
        let shape = RootShape(tree)
        let needsReplay = shape == .root && Self.isUnreplayed(looking.state)
        if shape == .root && !needsReplay {
            note(tree, volume, subvolume: nil, readUnreplayed: false)
        }
        if shape == .other { noteVariable(tree, volume, Self.isUnreplayed(looking.state)) }
        let isBoot = noteBoot(tree, volume, subvolume: nil, inRoot: shape == .root)
        if case .implausible(let reason) = shape, !isBoot { reject(volume, reason) }
        if isBoot { held.append(HeldLook(looking)) }
        if needsReplay { try visitReplayed(volume, subvolume: nil) }
    }

    /// What looks like a /var may hold the journals of the system whose it is, and its log what was written last.
    private func noteVariable(_ tree: RootDirectory, _ volume: Volume, _ needsReplay: Bool) {
        guard ["/lib", "/log"].allSatisfy({ (try? tree.entry($0))?.kind == .directory }) else { return }
        guard needsReplay, let looking = try? Looking(volume, in: storage, replay: true, at: place),
            let replayed = try? looking.root()
        else {
            cutShort[volume.id] = try? CutShortRun.all(in: tree, variable: "")
            return
        }
        cutShort[volume.id] = try? CutShortRun.all(in: replayed, variable: "")
    }

    /// A root with a dirty log: its files are what the kernel will make of them.
    private func visitReplayed(_ volume: Volume, subvolume: String?)
        throws(SystemError)
    {
        let looking = try Looking(volume, in: storage, subvolume: subvolume, replay: true, at: place)
        let isUncertain = Self.isUnreplayed(looking.state)
        note(try looking.root(), volume, subvolume: subvolume, readUnreplayed: isUncertain)
        if isUncertain, case .unreplayed(let reason?) = looking.state {
            installations[installations.count - 1].failures.append(
                "its log is dirty and was not replayed: \(reason)")
        }
    }

    private static func isUnreplayed(_ state: Looking.State) -> Bool {
        switch state {
        case .unreplayed: true
        case .clean, .live, .replayed: false
        }
    }

    private func note(_ tree: RootDirectory, _ volume: Volume, subvolume: String?, readUnreplayed: Bool) {
        var installation = Installation.read(tree, root: volume.id, subvolume: subvolume, aliases: aliases)
        installation.readUnreplayed = readUnreplayed
        installation.isReadOnly = tree.isReadOnlySubvolume
        installation.runsHere =
            running.use(of: volume, in: storage) == .root && running.subvolume == subvolume
        installations.append(installation)
    }

    /// Whether there is anything to boot with.
    private func noteBoot(
        _ tree: RootDirectory, _ volume: Volume, subvolume: String?, inRoot: Bool,
        mounts: SubvolumeMounts? = nil
    ) -> Bool {
        // On a /boot filesystem, boot/boot is often a link to itself: "/boot" counts only where "" does not.
        for path in inRoot ? ["/boot"] : ["", "/boot"] {
            guard
                let reading = BootDirectory.read(
                    tree, volume: volume.id, subvolume: subvolume, path: path, mounts: mounts)
            else { continue }
            images.begin(reading.pending, of: readings.count)
            readings.append(reading)
            return true
        }
        return false
    }

    // MARK: btrfs

    // Its log holds what was fsynced since the last commit, and one filesystem cannot be mounted twice from two
    // devices: so it is looked at once, replayed where that is possible.
    private func visitSubvolumes(of volume: Volume) throws(SystemError) {
        let usual = try defaultSubvolume(of: volume)
        let looking = try Looking(
            volume, in: storage, subvolume: "/", replay: volume.log != .clean, at: place)
        let top = try looking.root()
        let isUncertain = Self.isUnreplayed(looking.state)
        var isBoot = false
        var reason: String?
        for name in BtrfsRoots.names(in: top, usual: usual) {
            guard let tree = try? RootDirectory(name.map { "\(looking.path)/\($0)" } ?? looking.path) else {
                continue
            }
            let shape = RootShape(tree)
            if case .implausible(let why) = shape { reason = reason ?? why }
            if shape == .root {
                note(tree, volume, subvolume: name, readUnreplayed: isUncertain)
                let mounts = installations.last.map {
                    SubvolumeMounts($0, on: volume, of: storage, top: top)
                }
                if let (tree, path) = mounts?.directory(at: "/var"),
                    let runs = try? CutShortRun.all(in: tree, variable: path)
                {
                    installations[installations.count - 1].cutShort? += runs
                }
                isBoot = noteBoot(tree, volume, subvolume: name, inRoot: true, mounts: mounts) || isBoot
            } else if name == nil {
                isBoot = noteBoot(tree, volume, subvolume: nil, inRoot: false) || isBoot
            }
        }
        let isRoot = installations.contains { $0.root == volume.id }
        if let reason, !isBoot, !isRoot { reject(volume, reason) }
        if isBoot { held.append(HeldLook(looking)) }
    }

    /// The subvolume that a mount without options shows; nil for the top.
    private func defaultSubvolume(of volume: Volume) throws(SystemError) -> String? {
        let looking = try Looking(volume, in: storage, at: place)
        let mounts = (try? LiveMount.all()) ?? []
        let shown = mounts.last { $0.target == looking.path }?.root.drop { $0 == "/" }
        try looking.end()
        return shown.flatMap { $0.isEmpty ? nil : String($0) }
    }
}
