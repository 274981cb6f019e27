/// The 110 bytes of hexadecimal text before each entry of a "newc" cpio archive.
///
/// Kernel: Documentation/driver-api/early-userspace/buffer-format.rst and init/initramfs.c.
struct CpioHeader {
    static var size: Int { 110 }

    enum Flaw: Error { case notNewc, oldFormat, notHexadecimal }

    var inode: UInt32
    var mode: UInt32
    var links: UInt32
    var bodySize: UInt32
    var major: UInt32
    var minor: UInt32
    /// Bytes of the name with its NUL.
    var nameSize: UInt32

    init(_ bytes: UnsafeRawBufferPointer) throws(Flaw) {
        guard bytes.count >= Self.size, bytes.starts(with: "07070".utf8) else { throw .notNewc }
        switch bytes[5] {
        case UInt8(ascii: "1"), UInt8(ascii: "2"): break
        case UInt8(ascii: "7"): throw .oldFormat
        default: throw .notNewc
        }
        inode = try Self.field(0, of: bytes)
        mode = try Self.field(1, of: bytes)
        links = try Self.field(4, of: bytes)
        bodySize = try Self.field(6, of: bytes)
        major = try Self.field(7, of: bytes)
        minor = try Self.field(8, of: bytes)
        nameSize = try Self.field(11, of: bytes)
    }

    enum Kind { case file, directory, link, other }

    var kind: Kind {
        switch mode & 0o170000 {
        case 0o100000: .file
        case 0o040000: .directory
        case 0o120000: .link
        default: .other
        }
    }

    /// Bytes from the end of the header to the body: header and name together are padded to four.
    var paddedNameSize: Int { (Self.size + Int(nameSize) + 3) / 4 * 4 - Self.size }

    /// Bytes that pad the body to four.
    var bodyPadding: UInt64 { (4 - UInt64(bodySize) % 4) % 4 }

    private static func field(_ index: Int, of bytes: UnsafeRawBufferPointer) throws(Flaw) -> UInt32 {
        var value: UInt32 = 0
        for position in 6 + index * 8..<14 + index * 8 {
            let byte = bytes[position]
            let digit: UInt8 =
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
                case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
                default: throw .notHexadecimal
                }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
