import BootFiles
import Testing

@Suite struct `A program of the firmware's` {
    /// The headers alone: `MZ`, and from 64 on `PE`, COFF and optional header with this many data directories.
    static func headers(magic: UInt16, directories: UInt8, certificates: (place: UInt8, length: UInt8))
        -> [UInt8]
    {
        var bytes = [UInt8](repeating: 0, count: 512)
        bytes[0...1] = [0x4d, 0x5a]
        bytes[0x3c] = 64
        bytes[64...67] = [0x50, 0x45, 0, 0]
        bytes[64 + 20] = 240
        let optional = 64 + 24
        bytes[optional] = UInt8(magic & 0xff)
        bytes[optional + 1] = UInt8(magic >> 8)
        let first = optional + (magic == 0x20b ? 112 : 96)
        bytes[first - 4] = directories
        bytes[first + 32] = certificates.place
        bytes[first + 36] = certificates.length
        return bytes
    }

    @Test(arguments: [UInt16(0x10b), 0x20b])
    func `is signed where its header names certificates`(magic: UInt16) throws {
        func isSigned(_ directories: UInt8, _ place: UInt8, _ length: UInt8) throws -> Bool {
            let bytes = Self.headers(magic: magic, directories: directories, certificates: (place, length))
            return try #require(FirmwareProgram(parsing: bytes)).isSigned
        }
        #expect(try isSigned(16, 200, 8))
        #expect(try !isSigned(16, 0, 0))
        // The fifth directory is not there.
        #expect(try !isSigned(4, 200, 8))
    }

    @Test func `has to be whole as far as its headers go`() throws {
        let bytes = Self.headers(magic: 0x20b, directories: 16, certificates: (200, 8))
        #expect(FirmwareProgram(parsing: Array(bytes.prefix(70))) == nil)
        #expect(try #require(FirmwareProgram(parsing: Array(bytes.prefix(120)))).isSigned == false)
        #expect(FirmwareProgram(parsing: [0x7f, 0x45]) == nil)
    }
}
