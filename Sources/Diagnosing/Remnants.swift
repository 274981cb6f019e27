import BootFiles
import Storage
import Surveying

/// A place that still names what an earlier survey had and a later one has not: after a disk was replaced or a
/// filesystem moved, each of them is a step that somebody has still to do.
package struct Remnant: Sendable, Hashable {
    /// Inside the installed system; `image:file` for a copy in an initramfs.
    package var path: String
    package var line: Int
    /// The identifier as it stands there.
    package var name: String
    /// What it was: "the filesystem of /dev/sda1".
    package var was: String

    package static func of(_ before: Survey, in after: Survey, _ installation: Installation) -> [Remnant] {
        let gone = Identifiers(before.storage).lacking(Identifiers(after.storage))
        guard !gone.isEmpty else { return [] }
        return texts(after, installation).flatMap { path, text in
            text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap {
                number, line in
                let line = line.lowercased()
                guard line.first(where: { !$0.isWhitespace }) != "#" else { return [Remnant]() }
                return gone.filter { line.contains($0.name) }.map {
                    Remnant(path: path, line: number + 1, name: $0.name, was: $0.was)
                }
            }
        }
    }

    /// Every text of the installed system that names devices, by path, in the order of the paths.
    private static func texts(_ survey: Survey, _ installation: Installation) -> [(String, String)] {
        var found = installation.texts
        for file in [
            installation.fstab, installation.mdadmConf, installation.crypttab, installation.defaultGrub,
        ] {
            if let file { found[file.path] = file.text }
        }
        let scene = Scene(survey, installation)
        for image in scene.boot?.images ?? [] {
            for (path, text) in image.facts?.texts ?? [:] {
                found["\(scene.bootPath(image.file)):\(path)"] = text
            }
        }
        if let grub = scene.boot?.grub, let config = grub.config {
            found[scene.bootPath(grub.directory + "/grub.cfg")] = lines(of: config)
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    // The survey keeps what a menu names and not the menu: put back on the lines where it stood.
    private static func lines(of config: GrubConfig) -> String {
        var byLine: [Int: String] = [:]
        for reference in config.searches + config.roots + config.entries.flatMap({ $0.searches + $0.roots }) {
            byLine[reference.line, default: ""] += " " + reference.value
        }
        for entry in config.entries {
            if let kernel = entry.kernel { byLine[kernel.line, default: ""] += " " + entry.arguments }
        }
        let last = min(byLine.keys.max() ?? 0, 100_000)
        return (0..<last).map { byLine[$0 + 1] ?? "" }.joined(separator: "\n")
    }
}

/// The names that are unique in the world, of everything on some disks, in lower case.
private struct Identifiers {
    private(set) var all: [(name: String, was: String)] = []

    init(_ storage: StorageMap) {
        for disk in storage.disks {
            // A short serial number would be found in any text.
            add(disk.serial.flatMap { $0.count >= 6 ? $0 : nil }, "the disk \(disk.id)")
            for partition in disk.table?.partitions ?? [] {
                add(partition.uuid, "the partition \(partition.id)")
            }
        }
        for volume in storage.volumes {
            let isFilesystem = volume.signature?.usage == "filesystem"
            add(volume.signature?.uuid, "\(isFilesystem ? "the filesystem" : "what was") on \(volume.name)")
        }
        for array in storage.arrays {
            let name = storage.volume(array.id)?.name ?? array.id.rawValue
            add(array.uuid, "the array \(name)")
            // mdadm's own form, and GRUB's without the colons.
            add(String(array.uuid.filter(\.isHexDigit)), "the array \(name)")
        }
        for volume in storage.groups.flatMap(\.physicalVolumes) {
            add(volume.uuid, "the PV on \(volume.device?.rawValue ?? volume.name)")
        }
    }

    private mutating func add(_ name: String?, _ was: String) {
        guard let name = name?.lowercased(), name.count >= 6 else { return }
        if !all.contains(where: { $0.name == name }) { all.append((name, was)) }
    }

    func lacking(_ other: Identifiers) -> [(name: String, was: String)] {
        let known = Set(other.all.map(\.name))
        return all.filter { !known.contains($0.name) }
    }
}
