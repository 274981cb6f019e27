import CLinux
import Glibc

/// A file that the person named on the command line: in the rescue system's own tree, relative to where they are.
package enum NamedFile {
    /// The whole file. Throws for anything that is not a regular file, and for one larger than `limit` bytes.
    package static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
        var status = stat()
        let number = file.number
        try check(minusOne: { fstat(number, &status) }, "look at", path)
        guard status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFIFO else {
            throw SystemError("read", path, detail: "it is not a regular file")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return try drain(path, limit) }
        guard status.st_size <= off_t(limit) else {
            throw SystemError(
                "read", path, detail: "\(status.st_size) bytes are more than the \(limit) expected")
        }
        return try file.read(at: 0, count: Int(status.st_size), of: path)
    }

    /// Puts `bytes` under the name at once: beside, flushed, then renamed. Devices and pipes are written directly.
    package static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(SystemError) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            try refuseUnwritable(status.st_mode, path)
            return try put(bytes, into: try Descriptor(opening: path, O_WRONLY), path)
        }
        let beside = path + ".bootmend-\(getpid())"
        do {
            let file = try Descriptor(opening: beside, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            try file.write(bytes, at: 0, of: path)
            try file.synchronize(path)
            try check(minusOne: { rename(beside, path) }, "write", path)
        } catch {
            _ = unlink(beside)
            throw SystemError("write", path, number: error.number, detail: error.detail)
        }
    }

    /// Throws what `write` would throw as things stand, before the work whose result it is to take. Makes nothing.
    package static func checkWritable(_ path: String) throws(SystemError) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            try refuseUnwritable(status.st_mode, path)
            try check(minusOne: { access(path, W_OK) }, "write", path)
            return
        }
        guard !path.isEmpty else { throw SystemError("write", path, number: ENOENT) }
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        // With the dot, what is no directory is not taken for one.
        try check(minusOne: { access(directory + ".", W_OK | X_OK) }, "write into", directory)
    }

    private static func refuseUnwritable(_ mode: mode_t, _ path: String) throws(SystemError) {
        guard mode & S_IFMT != S_IFDIR, mode & S_IFMT != S_IFBLK else {
            throw SystemError("write", path, detail: "it is not a regular file")
        }
    }

    /// What `path` is; nil where nothing is there. Throws where that cannot be told.
    package static func kind(_ path: String) throws(SystemError) -> Kind? {
        var status = stat()
        if stat(path, &status) == 0 {
            switch status.st_mode & S_IFMT {
            case S_IFREG: return .file
            case S_IFBLK: return .device
            default: return .other
            }
        }
        guard errno == ENOENT || errno == ENOTDIR else { throw SystemError("open", path, number: errno) }
        return nil
    }

    package enum Kind: Sendable, Hashable { case file, device, other }

    /// Tells whether two paths name one and the same thing.
    package struct Identity: Sendable, Hashable {
        fileprivate var device: dev_t
        /// 0 for a device.
        fileprivate var inode: ino_t
    }

    /// Of a regular file or block device; nil for all else.
    package static func identity(_ path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return Identity(device: status.st_dev, inode: status.st_ino)
        case S_IFBLK: return Identity(device: status.st_rdev, inode: 0)
        default: return nil
        }
    }

    /// The path from the root, so that it still holds after the working directory has changed.
    package static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }

    // A passphrase may come through a pipe: `--passphrase-file <(…)`.
    private static func drain(_ path: String, _ limit: Int) throws(SystemError) -> [UInt8] {
        let pipe = try Descriptor(opening: path, O_RDONLY)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while bytes.count <= limit {
            let number = pipe.number
            let got = try check(minusOne: { Glibc.read(number, &buffer, buffer.count) }, "read", path)
            guard got > 0 else { return bytes }
            bytes += buffer.prefix(got)
        }
        throw SystemError("read", path, detail: "it holds more than the \(limit) bytes expected")
    }

    private static func put(
        _ bytes: [UInt8], into file: consuming Descriptor, _ path: String
    ) throws(SystemError) {
        var rest = bytes[...]
        let number = file.number
        while !rest.isEmpty {
            let chunk = Array(rest.prefix(65536))
            let put = try check(minusOne: { Glibc.write(number, chunk, chunk.count) }, "write", path)
            rest = rest.dropFirst(put)
        }
    }
}
