import Glibc
import LibMount
import Machine
import Storage

/// One filesystem, mounted so that it can be read and no byte of it can change; gone when its owner is.
///
/// It lies behind a read-only loop device even where the volume has a node of its own: ext4 clears orphaned inodes on
/// a writable device though it is mounted with `ro,noload`. What the rescue system has mounted is bound, not mounted
/// again.
package struct Looking: ~Copyable {
    /// What the files that are seen are worth.
    package enum State: Sendable, Hashable {
        /// The log was empty.
        case clean
        /// It is mounted by the rescue system, whose kernel keeps it as it is.
        case live
        /// The log was replayed into memory: the files are as the kernel will see them.
        case replayed
        /// The log was left alone: the files are as GRUB sees them. The reason why it could not be replayed, where
        /// that was asked for.
        case unreplayed(String?)
    }

    package let volume: VolumeID
    /// Where it is mounted.
    package let path: String
    package let state: State
    private let scaffold: Scaffold

    /// Mounts `volume`.
    ///
    /// `copy` is the half of a mirror to read; nil takes what runs, or else the first current one. With `replay` a dirty
    /// log is replayed in memory; where that is not possible the state says why. Throws where the kernel will not mount
    /// it, in the kernel's words.
    package init(
        _ volume: Volume, in map: StorageMap, copy: Copy? = nil, subvolume: String? = nil,
        replay: Bool = false,
        at place: LookingPlace
    ) throws(SystemError) {
        guard let signature = volume.signature, signature.isFilesystem else {
            throw SystemError("look at", volume.name, detail: "there is no filesystem on it")
        }
        let scaffold = Scaffold()
        let path = try newDirectory(in: place.path)
        scaffold.made(directory: path)
        let look = Look(
            volume: volume, map: map, copy: copy, type: signature.type, subvolume: subvolume,
            scaffold: scaffold)
        state = try look.mount(on: path, replay: replay)
        self.volume = volume.id
        self.path = path
        self.scaffold = scaffold
    }

    /// The mounted filesystem as a root. Let go of it before `end()`.
    package func root() throws(SystemError) -> RootDirectory { try RootDirectory(path) }

    /// Mounts another volume on a directory of this one, links in its path resolved inside.
    package func add(
        _ volume: Volume, on inside: String, in map: StorageMap, copy: Copy? = nil, subvolume: String? = nil,
        replay: Bool = false
    ) throws(SystemError) -> State {
        guard let signature = volume.signature, signature.isFilesystem else {
            throw SystemError("look at", volume.name, detail: "there is no filesystem on it")
        }
        let target = try ResolvedPath(directory: inside, in: root()).path
        let look = Look(
            volume: volume, map: map, copy: copy, type: signature.type, subvolume: subvolume,
            scaffold: scaffold)
        return try look.mount(on: target, replay: replay)
    }

    /// Unmounts and detaches everything. What is dropped instead ends as well, and says nothing.
    package consuming func end() throws(SystemError) {
        if let failure = scaffold.takeDown().first { throw failure }
    }

    deinit { _ = scaffold.takeDown() }
}
