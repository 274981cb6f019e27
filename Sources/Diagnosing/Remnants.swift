import BootFiles
import Storage
import Surveying

/// A place that still names what an earlier survey had and a later one has not: after a disk was replaced or a
/// filesystem moved, each of them is a step that somebody has still to do.
package struct Remnant: Sendable, Hashable {
    /// Inside the installed system; `image:file` for a copy in an initramfs, `partition:/file` for a file on an ESP,
    /// "the core image on /dev/sda" for what is no file.
    package var path: String
    /// Counted from 1; nil where the place has no lines.
    package var line: Int?
    /// The name as it stands there.
    package var name: String
    /// What it was: "the filesystem on /dev/sda1".
    package var was: String

    /// `/etc/fstab:3`.
    package var place: String { line.map { "\(path):\($0)" } ?? path }

    package static func of(_ before: Survey, in after: Survey, _ installation: Installation) -> [Remnant] {
        let scene = Scene(after, installation)
        let names = NamesGone(before, scene)
        guard !names.gone.isEmpty else { return [] }
        let search = NameSearch(gone: names.gone, present: names.present)
        var known: Set<Remnant> = []
        return scene.configurationLines.flatMap { search.remnants(in: $0) }
            .filter { known.insert($0).inserted }
    }
}

/// The names that meant something in an earlier survey and mean nothing any more.
struct NamesGone {
    let gone: [DeviceName]
    /// What has a name now.
    let present: [DeviceName]

    init(_ before: Survey, _ scene: Scene) {
        let earlier = EarlierSystem(of: scene, in: before)?.scene.installation
        let conf = MdadmConf(parsing: earlier?.mdadmConf?.text ?? "")
        let now = scene.storage.deviceNames(MdadmConf(parsing: scene.installation.mdadmConf?.text ?? ""))
        let known = Set(now.map(\.key))
        let unseen = Unseen(before.storage, now: scene.storage, conf)
        present = now
        gone = before.storage.deviceNames(conf).filter { name in
            !known.contains(name.key) && !unseen.hides(name) && !Self.resolves(name, scene)
        }
    }

    /// Something answers to it all the same.
    private static func resolves(_ name: DeviceName, _ scene: Scene) -> Bool {
        guard name.kind == .path || name.kind == .word else { return false }
        if !scene.volumes(named: name.text).isEmpty { return true }
        // What does not run has no node yet: it may come up under the name that it had.
        guard name.kind == .path, let now = name.owner.flatMap({ scene.storage.volume($0) }) else {
            return false
        }
        return [.array, .container].contains(now.kind) && now.node == nil
    }
}

/// What an earlier survey had and a later one could not look at: nobody knows whether it is gone.
private struct Unseen {
    /// The names that are left with the disks away that could not be read; nil where all were.
    private let seen: Set<String>?
    private let locked: Set<VolumeID>
    private let before: StorageMap

    init(_ before: StorageMap, now: StorageMap, _ conf: MdadmConf) {
        self.before = before
        let pairs = SameDisks(before, now)
        let unread = before.disks.map(\.id).filter { disk in
            pairs.now[disk].flatMap { now.disk($0) }.map { !now.isRead($0) } ?? false
        }
        let rest = unread.reduce(before) { $0.without($1) }
        seen = unread.isEmpty ? nil : Set(rest.deviceNames(conf).map(\.key))
        locked = Set(now.volumes.filter { $0.kind == .container && $0.unmapped != nil }.map(\.id))
    }

    func hides(_ name: DeviceName) -> Bool {
        if let seen, !seen.contains(name.key) { return true }
        guard let owner = name.owner, !locked.isEmpty else { return false }
        return StorageStack(under: owner, in: before).containers.contains(where: locked.contains)
    }
}
