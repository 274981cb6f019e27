import Bytes

extension GrubEnvironment {
    /// Reads a grubenv: a signature line, `name=value` lines, `#` to the end (grub-core/lib/envblk.c).
    package init(parsing bytes: [UInt8]) {
        self.init()
        let signature = Array("# GRUB Environment Block\n".utf8)
        guard bytes.starts(with: signature) else {
            damage = "it does not begin with '# GRUB Environment Block'"
            return
        }
        // GRUB writes it in place, block by block, and refuses any other size.
        if bytes.count != 1024 { damage = "it has \(bytes.count) bytes instead of 1024" }
        var rest = bytes.dropFirst(signature.count).prefix(1 << 20)
        while let byte = rest.first {
            let isComment = byte == UInt8(ascii: "#")
            let line = Self.line(from: &rest)
            guard !isComment, let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: line[..<equals], as: UTF8.self)
            variables[name] = String(decoding: line[(equals + 1)...], as: UTF8.self)
        }
    }

    // A backslash keeps the byte behind it, also a line feed.
    private static func line(from rest: inout ArraySlice<UInt8>) -> [UInt8] {
        var line: [UInt8] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\n") {
            if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() {
                line.append(escaped)
            } else {
                line.append(byte)
            }
        }
        return line
    }
}
