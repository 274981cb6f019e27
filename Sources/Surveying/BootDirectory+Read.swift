import BootFiles
import Glibc
import Machine
import Storage

extension BootDirectory {
    /// A boot directory as far as names and small files tell, with the images still open that are to be read.
    struct Reading: Sendable {
        var directory: BootDirectory
        /// Open images, by their place in `directory.images`.
        var pending: [Int: OpenFile]
        /// What the GRUB directory's modules ask of a core image.
        var modules: GrubModules?
        /// Where the filesystem is mounted for now, which messages leave out.
        var mountedAt: String
        /// The disks of the mirror half it was read from, where that is not the best one.
        var half: [VolumeID]?
    }

    private static let mostFiles = 256

    /// Reads the directory `path` of a filesystem, and of what the root has mounted below it; nil where it holds nothing
    /// to boot with.
    static func read(
        _ tree: RootDirectory, volume: VolumeID, subvolume: String? = nil, path: String,
        mounts: SubvolumeMounts? = nil
    ) -> Reading? {
        var reading = Reading(
            directory: BootDirectory(volume: volume, path: path, subvolume: subvolume), pending: [:],
            mountedAt: tree.path)
        guard
            let names = reading.attempt({ () throws(SystemError) in try tree.list(path.isEmpty ? "/" : path) }
            ) ?? nil
        else { return nil }
        for name in names.prefix(4096)
        where reading.directory.kernels.count + reading.directory.images.count < mostFiles {
            reading.take(name, in: tree)
        }
        reading.readGrub(tree, names, mounts)
        reading.readEntries(tree)
        reading.directory.free = free(tree, path)
        let found = reading.directory
        let isBoot =
            !found.kernels.isEmpty || !found.images.isEmpty || found.grub != nil || !found.entries.isEmpty
        return isBoot ? reading : nil
    }

    private static func free(_ tree: RootDirectory, _ path: String) -> UInt64? {
        guard let descriptor = try? tree.resolve(path, O_RDONLY | O_DIRECTORY) else { return nil }
        var numbers = statvfs()
        guard fstatvfs(descriptor.number, &numbers) == 0 else { return nil }
        return UInt64(numbers.f_bavail).multipliedReportingOverflow(by: UInt64(numbers.f_frsize)).partialValue
    }
}

extension BootDirectory.Reading {
    /// Notes a failure as something that could not be read, and goes on.
    fileprivate mutating func attempt<T>(_ work: () throws(SystemError) -> T) -> T? {
        do { return try work() } catch {
            directory.failures.append(error.inside(mountedAt).description)
            return nil
        }
    }

    fileprivate mutating func take(_ name: String, in tree: RootDirectory) {
        guard let meaning = BootFileName(name) else { return }
        let path = "\(directory.path)/\(name)"
        if let target = (try? tree.link(path)) ?? nil {
            directory.links[name] = target
            guard leavesBoot(meaning, target), (try? tree.entry(path))?.kind == .file else { return }
        }
        guard let entry = attempt({ () throws(SystemError) in try tree.entry(path) }) ?? nil,
            entry.kind == .file
        else {
            return
        }
        switch meaning {
        case .kernel(let version):
            directory.kernels.append(
                BootDirectory.Kernel(file: name, version: version.isEmpty ? nil : version, size: entry.size))
        case .image(let version):
            var image = BootDirectory.Image(
                file: name, version: version, size: entry.size, modified: entry.modified)
            do throws(SystemError) {
                pending[directory.images.count] = try tree.open(path)
            } catch { image.failure = error.inside(mountedAt).description }
            directory.images.append(image)
        case .sideImage(let reason):
            directory.images.append(
                BootDirectory.Image(
                    file: name, version: nil, size: entry.size, modified: entry.modified, failure: reason))
        }
    }

    /// A link that shows a file of the root under its version, as openSUSE's `vmlinuz-V` does with the kernel in
    /// /usr/lib/modules/V. From a /boot filesystem there is no telling where it leads.
    private func leavesBoot(_ meaning: BootFileName, _ target: String) -> Bool {
        guard !directory.path.isEmpty, ![.kernel(version: ""), .image(version: nil)].contains(meaning) else {
            return false
        }
        let inside =
            target.hasPrefix(directory.path + "/") ? target.dropFirst(directory.path.count) : target[...]
        return inside.split(separator: "/").count { $0 != "." } > 1
    }

    fileprivate mutating func readGrub(_ tree: RootDirectory, _ names: [String], _ mounts: SubvolumeMounts?) {
        var found: [(grub: BootDirectory.Grub, modules: GrubModules?)] = []
        for name in ["grub2", "grub"] where names.contains(name) {
            let path = "\(directory.path)/\(name)"
            guard let inside = attempt({ () throws(SystemError) in try tree.list(path) }) ?? nil,
                inside.contains(where: { ["grub.cfg", "grubenv", "i386-pc", "x86_64-efi"].contains($0) })
            else { continue }
            var grub = BootDirectory.Grub(directory: name)
            let config =
                attempt { () throws(SystemError) in try tree.read("\(path)/grub.cfg", limit: 4 << 20) } ?? nil
            grub.config = config.map { GrubConfig(parsing: $0) }
            let block =
                attempt { () throws(SystemError) in try tree.read("\(path)/grubenv", limit: 64 << 10) } ?? nil
            grub.environment = block.map { GrubEnvironment(parsing: $0) }
            let place =
                mounts?.directory(at: "\(path)/i386-pc") ?? (tree: tree, path: "\(path)/i386-pc")
            let modules =
                attempt { () throws(SystemError) in try GrubModules.read(place.tree, path: place.path) }
                ?? nil
            grub.hasModules = modules?.files.contains("normal") ?? false
            grub.coreFingerprint = modules?.core?.fingerprint
            grub.version = modules?.version
            grub.absentModules = modules?.absent ?? []
            found.append((grub, modules))
        }
        // Red Hat keeps the splash image of GRUB Legacy in /boot/grub beside the /boot/grub2 that is used.
        let used = found.first { $0.grub.config != nil } ?? found.first
        directory.grub = used?.grub
        modules = used?.modules
    }

    fileprivate mutating func readEntries(_ tree: RootDirectory) {
        let path = "\(directory.path)/\(BLSEntry.directory)"
        let names = attempt { () throws(SystemError) in try tree.list(path) } ?? nil
        for name in (names ?? []).prefix(512) where name.hasSuffix(".conf") {
            let text =
                attempt { () throws(SystemError) in try tree.text("\(path)/\(name)", limit: 64 << 10) } ?? nil
            if let text { directory.entries.append(BLSEntry(parsing: text, file: name)) }
        }
    }
}
