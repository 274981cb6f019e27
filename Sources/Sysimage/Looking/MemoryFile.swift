import CLinux
import Glibc
import Machine

/// An unnamed file in memory.
struct MemoryFile: ~Copyable {
    let descriptor: Descriptor

    init(_ name: String, size: UInt64) throws(SystemError) {
        let number = try check(negative: bm_memory_file(name), "make", name)
        let file = Descriptor(adopting: number)
        try check(minusOne: { ftruncate(number, off_t(clamping: size)) }, "make room in", name)
        descriptor = file
    }
}
