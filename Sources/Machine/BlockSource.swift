import CLinux
import Glibc
import Synchronization

/// A block device or a plain image file, opened for reading only.
///
/// Block devices are read past the page cache (`O_DIRECT`): buffered pages go stale while a filesystem, MD or
/// device-mapper writes to the same sectors through another path.
package final class BlockSource: ByteSource {
    package let name: String
    package let size: UInt64
    /// Bytes per logical sector; 0 for an image file, whose sector size is not known from outside.
    package let sectorSize: Int
    package let isBlockDevice: Bool
    private let descriptor: Descriptor
    private let direct: Bool
    private let server: ReadServer?
    private let firstFailure = Mutex<SystemError?>(nil)

    /// Opens the device node or image at `path`. Throws where it cannot be opened or is neither.
    ///
    /// A device is read by a process of its own (`apart`), since it may hang, unless this one is such a process already.
    package init(_ path: String, apart: Bool = true) throws(SystemError) {
        name = path
        let plain = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
        var status = stat()
        try check(minusOne: { fstat(plain.number, &status) }, "look at", path)
        isBlockDevice = bm_is_block(status.st_mode) != 0
        if isBlockDevice {
            var bytes: UInt64 = 0
            var sector: UInt32 = 0
            try check(negative: bm_block_size(plain.number, &bytes, &sector), "ask the size of", path)
            size = bytes
            sectorSize = Int(sector)
            let unbuffered = bm_open_direct(path)
            direct = unbuffered >= 0
            descriptor = direct ? Descriptor(adopting: unbuffered) : plain
        } else {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw SystemError("read", path, detail: "it is neither a block device nor an image file")
            }
            size = UInt64(clamping: status.st_size)
            sectorSize = 0
            direct = false
            descriptor = plain
        }
        // Without O_DIRECT, what the kernel still holds of a device may be older than what lies on it.
        server = isBlockDevice && apart ? ReadServer(reading: descriptor.number, dropsCache: !direct) : nil
    }

    /// It is read by a process of its own.
    package var isApart: Bool { server != nil }

    /// What could not be read first; nil where all could.
    package var readError: SystemError? { firstFailure.withLock(\.self) }

    /// It does not answer any more.
    package var isLost: Bool { server?.isLost ?? false }

    package func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
        guard offset < size, count > 0 else { return [] }
        let wanted = Int(min(UInt64(count), size - offset))
        do throws(SystemError) {
            if isBlockDevice { return try readAligned(at: offset, count: wanted) }
            return try descriptor.read(at: offset, count: wanted, of: name)
        } catch {
            firstFailure.withLock { $0 = $0 ?? error }
            throw error
        }
    }

    // O_DIRECT wants buffer, offset and length aligned to the logical sector; 4096 serves every device.
    private func readAligned(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
        let grain: UInt64 = 4096
        let start = offset / grain * grain
        let end = min((offset + UInt64(count) + grain - 1) / grain * grain, size)
        let length = Int(end - start)
        guard let buffer = try? aligned(length, Int(grain)) else {
            throw SystemError("read", name, number: ENOMEM)
        }
        defer { free(buffer) }
        var done = 0
        reading: while done < length {
            let position = start + UInt64(done)
            switch pull(at: position, into: buffer + done, count: length - done) {
            case .failed(EINTR): continue
            case .failed(let number): throw SystemError("read at byte \(position) of", name, number: number)
            case .lost(let why): throw SystemError("read at byte \(position) of", name, detail: why)
            case .bytes(0): break reading
            case .bytes(let got): done += got
            }
        }
        let skip = Int(offset - start)
        guard done > skip else { return [] }
        let bytes = UnsafeRawBufferPointer(start: buffer + skip, count: min(count, done - skip))
        return [UInt8](bytes)
    }

    private func pull(at offset: UInt64, into buffer: UnsafeMutableRawPointer, count: Int)
        -> ReadServer.Answer
    {
        if let server { return server.read(at: offset, into: buffer, count: count) }
        if !direct { _ = bm_drop_cache(descriptor.number) }
        guard let start = off_t(exactly: offset) else { return .bytes(0) }
        let got = pread(descriptor.number, buffer, count, start)
        return got < 0 ? .failed(errno) : .bytes(got)
    }

    private func aligned(_ length: Int, _ grain: Int) throws(SystemError) -> UnsafeMutableRawPointer {
        var buffer: UnsafeMutableRawPointer?
        guard posix_memalign(&buffer, grain, length) == 0, let buffer else {
            throw SystemError("allocate", "\(length) bytes", number: ENOMEM)
        }
        return buffer
    }
}
