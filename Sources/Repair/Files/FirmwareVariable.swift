import BootFiles
import Bytes
import Glibc
import Machine

/// A variable of a UEFI firmware's as the kernel shows it: a file of attributes and value, whose name is its own and
/// that is written whole, by one write (Linux, Documentation/filesystems/efivarfs.rst).
///
/// Boot options and their order are not among those that the kernel makes immutable (efi/vars.c, variable_validate).
enum FirmwareVariable {
    private static let largest = 64 << 10

    static func isOne(_ path: String) -> Bool { path.hasPrefix(EFIVariables.directory + "/") }

    /// Throws where they are not seen, which is anywhere but in a rescue system that UEFI has started.
    static func needSeen(_ path: String, in root: RootDirectory) throws(SystemError) {
        guard try root.list(EFIVariables.directory)?.isEmpty ?? true else { return }
        throw SystemError(
            "put back", root.shown(path), detail: "the firmware's variables are not seen from here",
            hint: "start the rescue system by UEFI, then: bootmend undo")
    }

    /// Nil where there is none.
    static func read(_ path: String, in root: RootDirectory) throws(SystemError) -> [UInt8]? {
        try root.read(path, limit: largest)
    }

    static func checksum(_ path: String, in root: RootDirectory) throws(SystemError) -> UInt32? {
        try read(path, in: root).map { CRC32().standard($0) }
    }

    /// Gives it this value, or takes it away, and looks whether the firmware has taken it.
    static func put(_ value: [UInt8]?, _ path: String, in root: RootDirectory) throws(SystemError) {
        let place = try Place.existing(path, in: root)
        if let value {
            let (number, name) = (place.directory.number, place.name)
            let flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC
            let file = Descriptor(
                adopting: try check(minusOne: { openat(number, name, flags, 0o644) }, "open", place.shown))
            try check(minusOne: { Glibc.write(file.number, value, value.count) }, "write", place.shown)
        } else {
            try place.remove()
        }
        guard try read(path, in: root) == value else {
            throw SystemError("put back", place.shown, detail: "the firmware has not taken it")
        }
    }
}
