import BootFiles
import Glibc
import Storage

extension Survey {
    /// What `--root SPEC` comes to.
    package enum Choice: Sendable, Hashable {
        case one(Installation)
        /// There is none to choose from.
        case noInstallation
        /// None is meant by it, with what was looked for.
        case noMatch(String)
        /// More than one: a menu, or a more exact SPEC.
        case several([Installation])
    }

    /// The installation that `spec` means: a device, `UUID=…`, a machine-id, or "/" for the running system. Without a
    /// spec the only one there is; never a guess.
    package func choose(_ spec: String? = nil) -> Choice {
        guard let spec else { return Self.choice(installations) ?? .noInstallation }
        return Self.choice(installations.filter { means(spec, $0) }) ?? .noMatch(spec)
    }

    /// The LUKS containers that nobody has opened: what is in them was not looked at.
    package var lockedContainers: [Volume] {
        storage.volumes.filter { !$0.copies.isEmpty && storage.volume(inside: $0)?.unmapped != nil }
    }

    /// Those among them in which `spec` may lie: the one that it names, or all where nothing that was read is meant.
    package func lockedContainers(for spec: String?) -> [Volume] {
        switch choose(spec) {
        case .one, .several: return []
        case .noInstallation: return lockedContainers
        case .noMatch(let spec):
            let named = lockedContainers.filter { isNamed($0, by: spec) }
            return named.isEmpty ? lockedContainers : named
        }
    }

    /// Those among them that an installation does not open itself: another one may be in there.
    package func lockedContainers(unknownTo installation: Installation) -> [Volume] {
        let own = Crypttab(parsing: installation.crypttab?.text ?? "").entries.map(\.source)
        return lockedContainers.filter { container in !own.contains { isNamed(container, by: $0) } }
    }

    /// How `--root` names an installation without doubt.
    package func specification(of installation: Installation) -> String {
        guard let volume = storage.volume(installation.root) else { return installation.root.rawValue }
        if let uuid = volume.signature?.uuid, choose("UUID=\(uuid)") == .one(installation) {
            return "UUID=\(uuid)"
        }
        return volume.name
    }

    private static func choice(_ found: [Installation]) -> Choice? {
        switch found.count {
        case 0: nil
        case 1: .one(found[0])
        default: .several(found)
        }
    }

    private func means(_ spec: String, _ installation: Installation) -> Bool {
        if spec == "/" { return installation.runsHere }
        if let label = Self.value(spec, after: "LABEL=") {
            return storage.volumes(label: label).contains { $0.id == installation.root }
        }
        if let id = installation.machineID, id == spec.lowercased() { return true }
        return storage.volume(installation.root).map { isNamed($0, by: spec) } == true
            || containers(around: installation).contains { isNamed($0, by: spec) }
    }

    // A container means what is in it.
    private func containers(around installation: Installation) -> [Volume] {
        let copies = storage.volume(installation.root)?.copies ?? []
        return ([installation.root] + copies.flatMap(\.disks)).compactMap { storage.volume(holding: $0) }
    }

    private func isNamed(_ volume: Volume, by spec: String) -> Bool {
        if let uuid = Self.value(spec, after: "UUID=") {
            return volume.signature?.uuid?.lowercased() == uuid.lowercased()
        }
        return [spec, Self.resolved(spec)].contains { storage.volume(named: $0)?.id == volume.id }
    }

    private static func value(_ spec: String, after tag: String) -> String? {
        guard spec.hasPrefix(tag) else { return nil }
        return spec.dropFirst(tag.count).trimming("\"")
    }

    // A link of udev's, such as /dev/disk/by-path/…, means the node it points to.
    private static func resolved(_ path: String) -> String {
        guard path.hasPrefix("/dev/"), let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}

extension Substring {
    fileprivate func trimming(_ mark: Character) -> String {
        String(drop { $0 == mark }.reversed().drop { $0 == mark }.reversed())
    }
}
