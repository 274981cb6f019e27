import CLinux
import Glibc
import LibMount
import Machine
import Storage

/// Mounts one volume of a tree, or binds it from where the rescue system has it.
struct TreeMounter {
    let map: StorageMap
    let nodes: [VolumeID: String]
    let readOnly: Bool

    struct Made {
        var mounts: [String] = []
        var mapped: [String] = []
    }

    /// The root is mounted there already, by the rescue system. Throws where something else is.
    func isMounted(_ root: TreePlan.Place, on path: String) throws(SystemError) -> Bool {
        guard let there = LiveMounts().on(path) else { return false }
        guard case .volume(let id, let type) = root.source, let volume = map.volume(id),
            let node = map.spread(of: volume).lazy.compactMap({ node(of: $0.id) }).first(where: {
                LiveMounts([there]).isMounted($0, type: type)
            })
        else {
            throw SystemError(
                "mount on", path, detail: "another system is mounted there (\(there.source), \(there.type))",
                hint: "unmount it first: umount -R \(path)")
        }
        guard readOnly || !there.isReadOnly else { throw Self.readOnlyElsewhere(node, path) }
        return true
    }

    func mount(_ place: TreePlan.Place, on target: String, tree: String) throws(SystemError) -> Made {
        switch place.source {
        case .bind(let inside):
            let source = try ResolvedPath(directory: inside, in: RootDirectory(tree)).path
            do { try Mounting(source, on: target, options: "bind").perform() } catch {
                throw SystemError(error)
            }
            return Made(mounts: [target])
        case .volume(let id, let type):
            guard let volume = map.volume(id) else {
                throw SystemError("mount", id.rawValue, detail: "no such volume")
            }
            return readOnly
                ? try look(at: volume, type, place, target) : try mount(volume, type, place.attempts, target)
        }
    }

    // As mount(8) writes it into the kernel's table, which tools of the installed system read: /dev/md0 for the link
    // /dev/md/0, but mapped devices by their name.
    private func node(of id: VolumeID) -> String? {
        guard let node = nodes[id] ?? map.volume(id)?.node else { return nil }
        guard node.hasPrefix("/dev/md/"), let real = realpath(node, nil) else { return node }
        defer { free(real) }
        return String(cString: real)
    }

    private func mount(
        _ volume: Volume, _ type: String, _ attempts: [MountOptions], _ target: String
    ) throws(SystemError) -> Made {
        guard let node = node(of: volume.id) else {
            throw SystemError("mount", volume.name, detail: "it is not open")
        }
        let subvolume = attempts.first?.value("subvol").map { "/" + $0.drop { $0 == "/" } }
        if type != "btrfs" || subvolume != nil {
            let nodes = map.spread(of: volume).compactMap { self.node(of: $0.id) }
            let live = nodes.flatMap { LiveMounts().places(of: $0, type: type, inside: subvolume ?? "/") }
            if let place = live.first(where: { !$0.isReadOnly }) {
                do { try Mounting(place.path, on: target, options: "bind").perform() } catch {
                    throw SystemError(error, subject: volume.name)
                }
                return Made(mounts: [target])
            }
            if let place = live.first { throw Self.readOnlyElsewhere(node, place.path) }
        }
        var devices = ""
        for other in map.spread(of: volume) where other.id != volume.id {
            // Never for writing without one of them, whatever fstab allows.
            guard let node = self.node(of: other.id) else {
                throw SystemError("mount", volume.name, detail: "its other device \(other.name) is not open")
            }
            devices += ",device=" + node
        }
        var failure: SystemError?
        for options in attempts {
            do throws(SystemError) {
                let options = MountOptions(options.text + devices)
                try Mounting(node, on: target, type: type, options: options).perform(of: volume.name)
                thaw(target)
                return Made(mounts: [target])
            } catch { failure = error }
        }
        throw failure ?? SystemError("mount", volume.name)
    }

    // One that was frozen by a process that is gone is mounted like any other, and the first write to it never ends.
    private func thaw(_ target: String) {
        guard let directory = try? Descriptor(opening: target, O_RDONLY | O_DIRECTORY) else { return }
        _ = bm_thaw(directory.number)
    }

    private func look(
        at volume: Volume, _ type: String, _ place: TreePlan.Place, _ target: String
    ) throws(SystemError) -> Made {
        let scaffold = Scaffold()
        let subvolume = place.attempts.first?.value("subvol")
        let look = Look(
            volume: volume, map: map, copy: nil, type: type, subvolume: subvolume, scaffold: scaffold,
            executable: true)
        _ = try look.mount(on: target, replay: true)
        let left = scaffold.leave()
        return Made(mounts: left.mounted, mapped: left.mapped)
    }

    private static func readOnlyElsewhere(_ node: String, _ path: String) -> SystemError {
        SystemError(
            "write to", node, detail: "the rescue system has it mounted read-only on \(path)",
            hint: "unmount it there, or: mount -o remount,rw \(path)")
    }
}
