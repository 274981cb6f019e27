import CLinux
import Glibc
import Machine

/// A range of a disk or file as a block device of its own, gone with its owner or with the last mount of it.
package struct LoopDevice: ~Copyable {
    package let node: String
    private let descriptor: Descriptor

    /// Read-only unless said otherwise: both the file behind it and the device are opened so, and the kernel then
    /// refuses every write, those of a filesystem's own recovery among them.
    package init(over path: String, offset: UInt64 = 0, length: UInt64 = 0, readOnly: Bool = true)
        throws(SystemError)
    {
        let backing = try Descriptor(opening: path, readOnly ? O_RDONLY : O_RDWR)
        // Pages read before another path wrote to the same sectors would be shown again. A file has no other path,
        // and what is dropped of it has to be read again.
        var status = stat()
        if fstat(backing.number, &status) != 0 || bm_is_block(status.st_mode) != 0 {
            _ = bm_drop_cache(backing.number)
        }
        try self.init(over: backing, offset: offset, length: length, readOnly: readOnly, name: path)
    }

    /// Over an open file; the kernel keeps its own reference to it.
    init(
        over backing: borrowing Descriptor, offset: UInt64 = 0, length: UInt64 = 0, readOnly: Bool,
        name: String
    ) throws(SystemError) {
        var loop: Int32 = -1
        let number = bm_loop_attach(backing.number, offset, length, 0, readOnly ? 1 : 0, "bootmend", &loop)
        guard number >= 0 else {
            throw SystemError(
                "make a loop device over", name, number: -number,
                hint: number == -ENOENT
                    ? "this kernel has no loop devices; 'modprobe loop' may bring them" : nil)
        }
        descriptor = Descriptor(adopting: loop)
        node = "/dev/loop\(number)"
    }

    /// Detaches it now. Where it is still mounted, the kernel does so at the unmount.
    package consuming func detach() throws(SystemError) {
        try check(negative: bm_loop_detach(descriptor.number), "detach", node)
    }
}
