import Glibc
import LibMount
import Machine
import Storage

/// An installed system mounted for work on it, with what its programs need around them.
package struct MountedTree: Sendable, Hashable {
    /// Where its root is.
    package let path: String
    /// The mounts made, in order, as the running system sees them. What the rescue system had mounted is not among
    /// them.
    package private(set) var mounts: [String] = []
    /// Lines of fstab that could not be mounted, or need not be.
    package private(set) var skipped: [TreePlan.Skipped]
    /// Mapped devices made for a look at it, in order.
    package private(set) var mapped: [String] = []
    /// Why a filesystem that a repair writes to is not there: what is written would land in the directory under its
    /// mount point, where the system never looks again, and GRUB would be led there.
    package private(set) var whyNotWritable: SystemError?

    /// Where the tree is put: the place that everybody knows, or one in /run where the medium cannot have it.
    package static var usualPath: String {
        let path = "/mnt/sysimage"
        makeDirectories(path)
        if access(path, F_OK) == 0 { return path }
        let other = RunRecord.directory + "/sysimage"
        makeDirectories(other)
        return other
    }

    /// Told before each mount, of the tree as it is going to be: whoever is killed after it has it written down.
    package typealias Recording = (MountedTree) throws(SystemError) -> Void

    /// Mounts the tree for writing, or `readOnly` as a look does it: without a byte changed.
    ///
    /// `nodes` says where the volumes are once they are opened. A volume that the rescue system has mounted is bound
    /// from there. Whatever goes wrong after the root is mounted leaves a line in `skipped`, and goes on; without the
    /// root nothing is left mounted, nor `mapped`, which the tree takes over.
    package init(
        _ plan: TreePlan, in map: StorageMap, nodes: [VolumeID: String], at path: String,
        readOnly: Bool = false, mapped: [String] = [], recording: Recording = { _ in }
    ) throws(SystemError) {
        self.path = path
        self.mapped = mapped
        skipped = plan.skipped
        guard let root = plan.places.first else {
            throw SystemError("mount", path, detail: "the plan has no root")
        }
        let mounter = TreeMounter(map: map, nodes: nodes, readOnly: readOnly)
        do throws(SystemError) {
            let isThere = try mounter.isMounted(root, on: path)
            if !isThere { try mount(root, on: path, mounter, recording) }
        } catch {
            _ = unmount()
            throw error
        }
        for place in plan.places.dropFirst() {
            do throws(SystemError) {
                let target = try ResolvedPath(directory: place.inside, in: RootDirectory(path)).path
                // Adopted trees have theirs already.
                if target != path, LiveMounts().on(target) != nil { continue }
                try mount(place, on: target, mounter, recording)
            } catch {
                if TreePlan.writtenTo.contains(place.inside) { whyNotWritable = whyNotWritable ?? error }
                skipped.append(
                    TreePlan.Skipped(
                        target: place.inside, line: place.line ?? 0, reason: error.description,
                        isMissing: true))
            }
        }
    }

    private mutating func mount(
        _ place: TreePlan.Place, on target: String, _ mounter: TreeMounter, _ recording: Recording
    ) throws(SystemError) {
        try recording(with(target))
        let made = try mounter.mount(place, on: target, tree: path)
        mounts += made.mounts
        mapped += made.mapped
    }

    private func with(_ target: String) -> MountedTree {
        var tree = self
        tree.mounts.append(target)
        return tree
    }

    /// Adds /dev, /proc, /sys and a /run of its own, so that the system's programs can work.
    ///
    /// /run is a tmpfs that shows the rescue system's udev, and its locks of LVM and mdadm: tools of both systems then
    /// keep out of each other's way, and nothing of the rescue system's leaks in with it.
    ///
    /// What started the rescue system decides nothing about this one, which `isUEFI` or not: grub2-mkconfig of RHEL 7
    /// writes `linuxefi` where it sees /sys/firmware/efi, which GRUB under BIOS does not have, and `linux16` else
    /// (10_linux).
    ///
    /// `commandLine` is what the system itself is started with, which its tools see in /proc.
    package mutating func furnish(
        isUEFI: Bool, commandLine: String? = nil, recording: Recording = { _ in }
    ) {
        add("/dev", Mounting("/dev", on: "", options: "rbind,rslave"), recording)
        add("/proc", Mounting("proc", on: "", type: "proc", options: "nosuid,nodev,noexec"), recording)
        // efivarfs, where the firmware has it, comes along below /sys.
        add("/sys", Mounting("/sys", on: "", options: "rbind,rslave"), recording)
        if isUEFI != (access("/sys/firmware/efi", F_OK) == 0),
            let firmware = add(
                "/sys/firmware",
                Mounting("bootmend", on: "", type: "tmpfs", options: "mode=0755,nosuid,nodev"), recording),
            isUEFI
        {
            makeDirectories(firmware + "/efi")
        }
        guard
            let run = add(
                "/run", Mounting("bootmend", on: "", type: "tmpfs", options: "mode=0755,nosuid,nodev"),
                recording)
        else {
            return
        }
        write(commandLine ?? "", as: Surroundings.commandLine)
        for name in ["udev", "lock/lvm", "mdadm"] {
            makeDirectories(run + "/" + name)
            var status = stat()
            guard stat("/run/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
            add("/run/" + name, Mounting("/run/" + name, on: "", options: "bind"), recording)
        }
    }

    private func write(_ commandLine: String, as file: String) {
        guard let path = try? ResolvedPath(directory: "/run", in: RootDirectory(path)).path,
            let words = try? Descriptor(
                opening: path + file.dropFirst("/run".count), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                mode: 0o444)
        else { return }
        try? words.write(Array((commandLine + "\n").utf8), at: 0, of: file)
    }

    /// Mounts FAT filesystems for writing on directories of its /run, which is there by now; one that cannot be leaves a
    /// line in `skipped`.
    package mutating func addESPs(
        _ esps: [(volume: VolumeID, inside: String)], in map: StorageMap, nodes: [VolumeID: String]
    ) {
        let mounter = TreeMounter(map: map, nodes: nodes, readOnly: false)
        for (volume, inside) in esps {
            do throws(SystemError) {
                let root = try RootDirectory(path)
                let run = try ResolvedPath(directory: "/run", in: root).path
                let directory = run + inside.dropFirst("/run".count)
                makeDirectories(directory)
                // Where nothing is mounted on it, it is not there for anybody who wants to write to it; what is a mount
                // point stays by itself.
                defer { rmdir(directory) }
                let place = TreePlan.Place(
                    inside: inside, source: .volume(volume, type: "vfat"),
                    attempts: TreeOptions.attempts(type: "vfat", own: nil, writable: true))
                try mount(place, on: ResolvedPath(directory: inside, in: root).path, mounter) { _ in }
            } catch {
                skipped.append(
                    TreePlan.Skipped(
                        target: map.volume(volume)?.name ?? inside, line: 0, reason: error.description,
                        isMissing: true))
            }
        }
    }

    /// Makes programs of the installed system impossible to run for as long as it is mounted: a device that nobody may
    /// execute lies over each, so that a shell does not find them.
    package mutating func hide(_ programs: [String]) throws(SystemError) {
        let root = try RootDirectory(path)
        for program in programs where root.exists(program) {
            let target = try ResolvedPath(file: program, in: root).path
            do { try Mounting("/dev/null", on: target, options: "bind").perform() } catch {
                throw SystemError(error)
            }
            mounts.append(target)
        }
    }

    @discardableResult
    private mutating func add(_ inside: String, _ wanted: Mounting, _ recording: Recording) -> String? {
        do throws(SystemError) {
            let target = try ResolvedPath(directory: inside, in: RootDirectory(path)).path
            if mounts.contains(target) { return target }
            var mounting = wanted
            mounting.target = target
            let before = Set(LiveMounts().under(target).map(\.id))
            try recording(with(target))
            do { try mounting.perform() } catch { throw SystemError(error) }
            // A recursive bind brings its submounts, and all of them have to go again; what somebody had mounted there
            // before stays.
            mounts += LiveMounts().under(target).filter { !before.contains($0.id) }.map(\.target)
            return target
        } catch {
            skipped.append(TreePlan.Skipped(target: inside, line: 0, reason: error.description))
            return nil
        }
    }

    /// Unmounts what was mounted, the last first. Answers what would not go; the rest is gone.
    package mutating func unmount() -> [SystemError] {
        var failures: [SystemError] = []
        var staying: [String] = []
        while let target = mounts.popLast() {
            guard LiveMounts().on(target) != nil else { continue }
            if let failure = Self.unmount(target) {
                failures.append(failure)
                staying.insert(target, at: 0)
            }
        }
        mounts = staying
        mapped = mapped.reversed().filter { name in
            do throws(SystemError) { try DeviceMapper.remove(name) } catch {
                failures.append(error); return true
            }
            return false
        }.reversed()
        return failures
    }

    // A program that was just killed lets go a moment later.
    private static func unmount(_ target: String) -> SystemError? {
        var failure: SystemError?
        for attempt in 0..<8 {
            do {
                try LibMount.unmount(target)
                return nil
            } catch {
                failure = SystemError(error, hint: "see what uses it: fuser -vm \(target)")
                guard error.number == EBUSY else { break }
            }
            usleep(useconds_t(50_000 * (attempt + 1)))
        }
        return failure
    }

    /// Counts what is mounted on its mounts and below them as its own.
    mutating func takeInWhatLiesBelow() { mounts = LiveMounts().under(mounts).map(\.target) }

    init(path: String, mounts: [String], skipped: [TreePlan.Skipped], mapped: [String]) {
        self.path = path
        self.mounts = mounts
        self.skipped = skipped
        self.mapped = mapped
    }
}
