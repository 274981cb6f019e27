import Glibc
import Machine

/// Puts a finished new file in an old one's place, so that at no moment there is neither.
///
/// On /boot, GRUB reads the filesystem without its log: the new file is settled on the disk before it gets the name,
/// and the old one keeps its inode, under another name, until the change of names is settled too.
struct Replacement {
    /// Whether the filesystem is one that GRUB reads.
    let settles: Bool

    /// The names it may leave behind when it is cut short, for whoever has to tidy up.
    static func kept(_ name: String, _ id: String) -> String { ".\(name).bootmend-\(id).old" }
    static func fresh(_ name: String, _ id: String) -> String { ".\(name).bootmend-\(id).new" }

    /// `file`, open and named `new` beside the place, takes the name over.
    func swap(_ file: borrowing Descriptor, named new: String, into place: borrowing Place, id: String)
        throws(SystemError)
    {
        try file.synchronize(place.beside(new))
        let kept = Self.kept(place.name, id)
        try place.remove(kept)
        if settles {
            try place.settle()
            if try place.status() != nil {
                // FAT has no hard links, and no log either (EPERM).
                do { try place.link(place.name, as: kept) } catch  where error.number == EPERM {}
            }
        }
        try place.rename(new, to: place.name)
        try place.synchronize()
        guard settles else { return }
        try place.settle()
        try place.remove(kept)
    }
}
