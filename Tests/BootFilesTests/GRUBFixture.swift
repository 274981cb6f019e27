import Machine

/// Recorded inputs under Fixtures/GRUB: first sectors of disks that grub-bios-setup 2.06-13+deb12u2 wrote, and files
/// of a machine whose /boot is an MD array.
enum GRUBFixture {
    static func directory() throws -> RootDirectory {
        let here = String(describing: #filePath)
        return try RootDirectory(
            here.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Fixtures/GRUB")
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        guard let bytes = try directory().read(name) else { throw SystemError("find", name) }
        return bytes
    }
}
