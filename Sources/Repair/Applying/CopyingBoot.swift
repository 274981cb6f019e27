import CLinux
import Changes
import Glibc
import Machine

extension Work {
    /// Copies what only an older /boot has into the present one; what has a name there already stays as it is.
    func copy(from old: Change.OldBoot, _ files: [String]) throws {
        try target.looking(old) { tree in
            for file in files { try copy(file, in: old.directory, of: tree) }
        }
        // New names alone: once for all of them is enough for GRUB.
        if target.settlesBoot { try Place.existing("/boot/grub", in: root).settle() }
    }

    private func copy(_ name: String, in directory: String, of tree: RootDirectory) throws {
        let path = directory + "/" + name
        guard let look = try tree.resolve(path, bm_o_path | O_NOFOLLOW) else {
            throw SystemError(
                "copy", tree.shown(path), detail: "it is no longer there",
                hint: "make the plan anew: 'bootmend rescue'")
        }
        let status = try Status(of: look.number, tree.shown(path))
        let inside = status.kind == .directory ? try TreeListing(path, in: tree).entries : [(path, status)]
        for (path, status) in inside {
            if target.isInterrupted() { throw RepairFailure.interruption }
            let new = "/boot" + path.dropFirst(directory.count)
            switch status.kind {
            case .file: try copyFile(path, of: tree, to: new)
            case .link: if let link = try tree.link(path) { try copyLink(link, to: new) }
            case .directory, .other: continue
            }
        }
    }

    /// The place of a new file, its directory made; nil where something has the name.
    private func newPlace(_ path: String) throws -> Place? {
        guard try root.link(path) == nil, try root.entry(path) == nil else { return nil }
        try saving.save(path)
        try root.makeDirectories("/" + path.split(separator: "/").dropLast().joined(separator: "/"))
        return try Place.existing(path, in: root)
    }

    private func copyLink(_ target: String, to path: String) throws {
        guard let place = try newPlace(path) else { return }
        try place.makeLink(to: target)
    }

    private func copyFile(_ path: String, of tree: RootDirectory, to new: String) throws {
        guard let place = try newPlace(new) else { return }
        guard let source = try Place.existing(path, in: tree).open() else { return }
        try copy(source, of: tree.shown(path), to: place)
    }

    /// A file of the same bytes, owner, mode and times takes the name, and is read back.
    func copy(_ source: borrowing Descriptor, of shown: String, to place: borrowing Place) throws {
        let size = try Status(of: source.number, shown).size
        let fresh = Replacement.fresh(place.name, journal.id)
        let file = try begin(fresh, beside: place)
        let sum = try Copying.copy(
            source, at: 0, size: size, of: shown, to: file, at: 0, of: place.shown)
        try Attributes(of: source.number, shown).put(on: file.number, times: true, place.shown)
        try Replacement(settles: false).swap(file, named: fresh, into: place, id: journal.id)
        guard let made = try place.open(),
            try Copying.checksum(made, at: 0, size: size, of: place.shown) == sum
        else {
            throw SystemError("copy", place.shown, detail: "what is read back is not what was read")
        }
    }
}
