import CLinux

/// What becomes of memory that is given back.
package enum FreedMemory {
    /// Keeps it for the next buffer.
    ///
    /// Left to itself, malloc gives buffers of more than 128 KiB back to the kernel, which clears their pages again
    /// for the next one: half of the processor time of looking at many disks. Each thread also hoards its own.
    package static func keep() { bm_keep_freed_memory() }
}
