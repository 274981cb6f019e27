import Glibc

/// An open file that is closed when its owner goes.
package struct Descriptor: ~Copyable, Sendable {
    package let number: Int32

    /// Takes over a descriptor that nobody else closes.
    package init(adopting number: Int32) { self.number = number }

    /// Opens `path` in the running system's own tree, close-on-exec.
    package init(opening path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemError) {
        number = try check(minusOne: { open(path, flags | O_CLOEXEC, mode) }, "open", path)
    }

    /// Up to `count` bytes from `offset`; fewer only at the end.
    package func read(at offset: UInt64, count: Int, of subject: String) throws(SystemError) -> [UInt8] {
        guard count > 0, let start = position(offset, count) else { return [] }
        var done = 0
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            while done < count {
                let got = pread(
                    number, buffer.baseAddress?.advanced(by: done), count - done, start + off_t(done))
                if got < 0 && errno == EINTR { continue }
                if got < 0 {
                    failure = SystemError("read at byte \(start + off_t(done)) of", subject, number: errno)
                }
                guard got > 0 else { break }
                done += got
            }
            used = done
        }
        if let failure { throw failure }
        return bytes
    }

    /// Writes all of `bytes` at `offset`.
    package func write(_ bytes: [UInt8], at offset: UInt64, of subject: String) throws(SystemError) {
        guard let start = position(offset, bytes.count) else {
            throw SystemError("write at byte \(offset) of", subject, number: EFBIG)
        }
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { buffer in
                pwrite(
                    number, buffer.baseAddress?.advanced(by: done), bytes.count - done, start + off_t(done))
            }
            if put < 0 && errno == EINTR { continue }
            guard put > 0 else {
                throw SystemError(
                    "write at byte \(start + off_t(done)) of", subject, number: put == 0 ? ENOSPC : errno)
            }
            done += put
        }
    }

    // Offsets come from disks nobody vouches for: nothing lies past what off_t can count.
    private func position(_ offset: UInt64, _ count: Int) -> off_t? {
        guard let start = off_t(exactly: offset), !start.addingReportingOverflow(off_t(count)).overflow else {
            return nil
        }
        return start
    }

    /// Makes what was written durable.
    package func synchronize(_ subject: String) throws(SystemError) {
        try check(minusOne: { fsync(number) }, "flush", subject)
    }

    deinit { _ = close(number) }
}
