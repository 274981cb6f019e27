import CLinux
import Glibc
import Machine

/// Brings a mounted filesystem into the state that GRUB reads: GRUB cannot replay a log, so what is only there is not
/// there for it.
package enum Flush {
    /// Freezes the filesystem that holds `path` and thaws it at once, which writes its log back to its place.
    ///
    /// Nothing of the filesystem may be written to in between; filesystems without a log are synchronized. Throws
    /// where the writing fails.
    package static func settle(_ path: String) throws(SystemError) {
        let directory = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
        try check(minusOne: { bm_sync(directory.number) }, "flush", path)
        let frozen = bm_freeze(directory.number)
        // vfat cannot be frozen, and has no log (ioctl_fs.c: EOPNOTSUPP). EBUSY: somebody else has frozen it already.
        if frozen == -EOPNOTSUPP || frozen == -ENOTTY { return }
        try check(negative: frozen, "freeze", path)
        try check(negative: bm_thaw(directory.number), "thaw", path)
    }
}
