import Glibc
import Machine

extension Work {
    /// Puts a text file in place, atomically, as its predecessor was owned, permitted and labelled.
    func writeFile(_ path: String, text: String, was: String?, mode: UInt32) throws {
        let before = try root.read(path)
        guard before.map({ String(decoding: $0, as: UTF8.self) }) == was else {
            throw SystemError(
                "write", root.shown(path), detail: "it is no longer what the plan was made from",
                hint: "make the plan anew: 'bootmend rescue'")
        }
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        try saving.save(path)
        try root.makeDirectories("/" + parent)
        let place = try Place.existing(path, in: root)
        let bytes = before.map { FaithfulText.bytes(of: text, before: $0) } ?? Array(text.utf8)
        let fresh = Replacement.fresh(place.name, journal.id)
        let file = try begin(fresh, beside: place)
        try file.write(bytes, at: 0, of: place.shown)
        try dress(file, like: place, mode: mode)
        try Replacement(settles: isBoot(place.path)).swap(file, named: fresh, into: place, id: journal.id)
        guard try root.read(place.path) == bytes else {
            throw SystemError("write", place.shown, detail: "what is read back is not what was written")
        }
    }

    /// A new file beside `place`, written down first so that a cut-short run leaves nothing behind.
    func begin(_ name: String, beside place: borrowing Place) throws -> Descriptor {
        try noteLeftovers(of: place)
        return try place.create(name)
    }

    /// Notes the names that replacing leaves behind when it is cut short.
    func noteLeftovers(of place: borrowing Place) throws {
        let parent = place.path.lastIndex(of: "/").map { place.path[...$0] } ?? ""
        for name in [Replacement.fresh(place.name, journal.id), Replacement.kept(place.name, journal.id)] {
            try saving.save(parent + name)
        }
    }

    /// Owner, mode, ACL and label of the old file; without one, root's, `mode` (nil leaves the tool's), and the label
    /// of the directory, as the kernel gives it where a policy is loaded.
    func dress(_ file: borrowing Descriptor, like place: borrowing Place, mode: UInt32?) throws {
        if let old = try place.open() {
            return try Attributes(of: old.number, place.shown).put(on: file.number, times: false, place.shown)
        }
        var attributes = try Attributes(of: file.number, place.shown)
        attributes.owner = 0
        attributes.group = 0
        if let mode { attributes.mode = mode }
        let directory = try Attributes.extended(of: place.directory.number, place.shown)
        attributes.extended[Attributes.label] = directory[Attributes.label]
        try attributes.put(on: file.number, times: false, place.shown)
    }
}
