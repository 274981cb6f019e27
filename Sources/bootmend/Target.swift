import Changes
import Diagnosing
import Machine
import Repair
import Report
import Storage
import Surveying
import Sysimage

/// An installed system opened and mounted, and how it is taken down again.
struct Target {
    var tree: MountedTree
    /// What was opened for it and stays open until `close`.
    private let opening = Opening()

    static var usualPath: String { MountedTree.usualPath }

    /// What opening an installation comes to, before anything is done.
    struct Way {
        let survey: Survey
        let installation: Installation
        let tree: TreePlan
        let isUEFI: Bool
        let commandLine: String?
        let opening: OpeningPlan
        /// Where its ESPs are mounted beside what fstab says.
        let esps: [(volume: VolumeID, place: Change.EFIPartition)]

        /// What tells the system from others.
        var system: String? { survey.storage.volume(installation.root)?.signature?.uuid }

        /// Throws where it cannot be opened without danger, or the medium lacks the tools for it.
        init(
            _ survey: Survey, _ installation: Installation, forced: Set<PlanRefusal.Reason> = [],
            allowing: Set<PlanRefusal.Reason> = []
        ) throws(SystemError) {
            self.survey = survey
            self.installation = installation
            guard let root = survey.storage.volume(installation.root) else {
                throw SystemError("open", installation.root.rawValue, detail: "no such volume")
            }
            let scene = Scene(survey, installation)
            let refusals = scene.refusals(forced: forced).filter { !allowing.contains($0.reason) }
            guard refusals.isEmpty else {
                throw SystemError(
                    "open", root.name, detail: refusals.map(\.text).joined(separator: "; "),
                    hint: refusals.map(\.wayOut).joined(separator: "; "))
            }
            tree = TreePlan(
                root: root, subvolume: installation.subvolume, fstab: scene.fstab, boot: scene.boot?.volume,
                in: survey.storage)
            isUEFI = scene.isUEFI
            commandLine = scene.started.commandLine?.text
            esps = scene.efiPartitions
            // Without its root and its /boot nothing can be mended; the rest is welcome.
            let storage = survey.storage
            let boot = scene.boot.map(\.volume).flatMap { $0 == root.id ? nil : $0 }
            let needed = ([root.id] + [boot].compactMap(\.self)).flatMap(storage.spread)
            let arrays = Dictionary(scene.arrays.uses.map { ($0.array.id, $0.device) }) { first, _ in first }
            opening = try OpeningPlan(
                needed, optional: tree.volumes.flatMap(storage.spread).filter { !needed.contains($0) },
                in: storage,
                names: arrays.merging(scene.containerNames) { first, _ in first }, medium: Opening().medium())
            // Said before anything is agreed to, not half way.
            try Self.needTools(opening, for: root.name)
        }

        /// Gives `work` an older /boot, read-only: a filesystem that none of the target's mounts shows.
        func looking(at old: Change.OldBoot, _ work: (RootDirectory) throws -> Void) throws {
            guard var volume = survey.storage.volume(VolumeID(old.volume)) else {
                throw SystemError("look at", old.name, detail: "it is not here")
            }
            // The root, whose own /boot is hidden, is mounted by now, and nothing is mounted twice.
            volume.node = volume.node ?? opening.nodes[volume.id]
            let looked = try Sysimage.Looking(
                volume, in: survey.storage, subvolume: old.subvolume, replay: true, at: LookingPlace())
            try work(looked.root())
            try looked.end()
        }

        private static func needTools(_ opening: OpeningPlan, for subject: String) throws(SystemError) {
            let missing = opening.steps.map(\.command).filter { (try? $0.locate(in: nil)) == nil }
                .map(\.tool)
            guard !missing.isEmpty else { return }
            let tools = Set(missing).sorted { $0.rawValue < $1.rawValue }
            throw SystemError(
                "open", subject,
                detail: "this rescue system has no " + tools.map(\.rawValue).joined(separator: " and no "),
                hint: "install " + tools.map { "the package '\($0.package)'" }.joined(separator: " and "))
        }

        /// What is done, a line each, as it is shown before.
        var lines: [String] {
            let root = survey.storage.volume(installation.root)?.name ?? installation.root.rawValue
            return opening.steps.map(\.title) + opening.leftOut.map { "Leave out \($0)" }
                + ["Mount \(root) for writing"]
        }

        /// The same as the first change of a plan: the commands themselves.
        var change: Change {
            .open(
                actions: opening.steps.map(\.command.description) + opening.leftOut.map { "leave out \($0)" }
                    + Scene(survey, installation).mountsForWriting)
        }
    }

    /// Takes down what a run that was killed has left open, before anybody looks at the disks: it would be taken for
    /// what the rescue system itself runs, and be gone when it is needed. Another run that is going on keeps what it has.
    static func closeLeftovers() throws {
        guard !SysimageState.isRecorded, let lock = try? RunLock() else { return }
        defer { withExtendedLifetime(lock) {} }
        if let failure = Opening().close().first { throw failure }
    }

    /// Opens and mounts; what was opened on the way to a failure is closed again.
    init(
        _ way: Way, at path: String = usualPath, passphrase: (Volume) -> [UInt8]? = { _ in nil },
        progress: Progress, recording: MountedTree.Recording = { _ in }
    ) throws {
        let leftovers = opening.close()
        if let failure = leftovers.first { throw failure }
        do {
            try opening.perform(way.opening, passphrase: passphrase) { progress.begin($0.title) }
            progress.begin("Mounting under \(path)")
            tree = try MountedTree(
                way.tree, in: way.survey.storage, nodes: way.opening.nodes, at: path, recording: recording)
            tree.furnish(isUEFI: way.isUEFI, commandLine: way.commandLine, recording: recording)
            progress.end(.ok)
        } catch {
            progress.end(.blocker)
            _ = opening.close()
            throw error
        }
    }

    /// Unmounts and closes. Answers what would not go.
    mutating func close() -> [SystemError] { tree.unmount() + opening.close() }
}

extension Console {
    /// Asks for what opens a container, from the file where one was given.
    func passphrase(from file: String?) throws -> @Sendable (Volume) -> [UInt8]? {
        let ask = try Looking.passphrase(self, from: file, before: {})
        return { ask($0.name) }
    }

    /// Lines of fstab that could not be mounted.
    func tell(_ skipped: [TreePlan.Skipped]) {
        for line in skipped where line.isMissing || isVerbose {
            warn("\(line.target) is not mounted: \(line.reason)")
        }
    }
}
