import Bytes
import Machine
import TestFiles
import Testing

@testable import Storage

@Suite struct `A FAT filesystem` {
    private static let images = [
        ("fat12", FATFilesystem.Kind.fat12), ("fat16", .fat16), ("fat32", .fat32),
    ]
    private static let loader = (0..<6000).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 256) }

    @Test(arguments: images)
    func `is read whatever the width of its table`(image: String, kind: FATFilesystem.Kind) throws {
        let files = try Image(image).files()
        #expect(files.kind == kind)
        #expect(try files.list("/")?.map(\.name) == ["EFI"])
        let vendors = try #require(try files.list("EFI"))
        #expect(vendors.map(\.name) == ["debian", "BOOT", "A vendor with a läng name"])
        #expect(vendors.map(\.isDirectory) == [true, true, true])
        let loaders = try #require(try files.list("EFI/debian"))
        #expect(loaders.map(\.name) == ["grubx64.efi", "shimx64.efi", "grub.cfg"])
        #expect(loaders.map(\.size) == [6000, 1500, 86])
        #expect(try files.read("EFI/debian/grubx64.efi", limit: 6000) == Self.loader)
        #expect(
            try files.read("EFI/debian/shimx64.efi", limit: 1 << 20)
                == Array(repeating: UInt8(ascii: "s"), count: 1500))
    }

    @Test(arguments: images)
    func `goes by long names and by short ones, in whatever case`(
        image: String, kind: FATFilesystem.Kind
    ) throws {
        let files = try Image(image).files()
        #expect(try files.entry("/efi/DEBIAN/Grub.CFG")?.size == 86)
        let long = "efi/A Vendor With A LÄNG Name/the configuration of a boot loader.CONF"
        #expect(try files.entry(long)?.shortName == "THECON~1.CON")
        #expect(try files.entry("EFI/AVENDO~1/THECON~1.CON")?.size == 86)
        #expect(try files.read("EFI/BOOT/empty.txt", limit: 0) == [])
    }

    @Test func `has no more than what is in it`() throws {
        let files = try Image("fat12").files()
        #expect(try files.entry("EFI/redhat") == nil)
        #expect(try files.entry("EFI/debian/grub.cfg/x") == nil)
        #expect(try files.list("EFI/debian/grub.cfg") == nil)
        #expect(try files.read("EFI/debian", limit: 1 << 20) == nil)
        #expect(try files.entry("EFI/../EFI") == nil)
        #expect(try files.entry("hole1") == nil)
        #expect(throws: SystemError.self) { try files.read("EFI/debian/grubx64.efi", limit: 5999) }
    }

    @Test(arguments: images)
    func `shows what a file begins with`(image: String, kind: FATFilesystem.Kind) throws {
        let files = try Image(image).files()
        let loader = try #require(try files.entry("EFI/debian/grubx64.efi"))
        #expect(try files.head(of: loader, most: 5000) == Array(Self.loader.prefix(5000)))
        #expect(try files.head(of: loader, most: 1 << 20) == Self.loader)
    }

    @Test(arguments: [
        (11, "its boot sector is not that of a FAT"), (19, "its boot sector leaves no room for files"),
    ])
    func `that is none says why`(offset: Int, reason: String) throws {
        var bytes = try Image("fat12").bytes
        bytes.replaceSubrange(offset..<offset + 2, with: [1, 0])
        #expect(throws: SystemError("read", "memory", detail: reason)) {
            try FATFilesystem(MemorySource(bytes))
        }
        #expect(throws: SystemError.self) { try FATFilesystem(MemorySource([])) }
    }

    @Test func `whose chain leads back into itself, or nowhere, breaks off with the reason`() throws {
        let image = try Image("fat16")
        let table = Int(image.bytes.little(UInt16.self, at: 14) ?? 0) * 512
        let cluster = try #require(try image.files().entry("EFI/debian/grubx64.efi")?.cluster)
        for (next, reason) in [
            (UInt16(cluster), "a chain of clusters leads back into itself"),
            (0, "'grubx64.efi' breaks off after 512 of its 6000 bytes"),
            (0xfff0, "'grubx64.efi' breaks off after 512 of its 6000 bytes"),
        ] {
            var bytes = image.bytes
            let place = table + 2 * Int(cluster)
            bytes.replaceSubrange(place..<place + 2, with: [UInt8(next & 255), UInt8(next >> 8)])
            let files = try FATFilesystem(MemorySource(bytes))
            #expect(throws: SystemError("read", "memory", detail: reason)) {
                try files.read("EFI/debian/grubx64.efi", limit: 1 << 20)
            }
        }
    }

    @Test func `with long names that belong to nothing shows the short ones`() throws {
        var bytes = try Image("fat12").bytes
        let directory = try #require(bytes.offset(of: Array("AVENDO~1".utf8)))
        // Its checksum is then another, as when DOS renames a file.
        bytes[directory] = UInt8(ascii: "X")
        let names = try FATFilesystem(MemorySource(bytes)).list("EFI")?.map(\.name)
        #expect(names == ["debian", "BOOT", "XVENDO~1"])
        // Parts that count below their first.
        var parts = [UInt8](repeating: 0, count: 96)
        parts.replaceSubrange(0..<12, with: [0x41] + [UInt8](repeating: 65, count: 10) + [15])
        parts.replaceSubrange(32..<44, with: [0x80] + [UInt8](repeating: 65, count: 10) + [15])
        parts.replaceSubrange(64..<76, with: Array("AVENDO~1   ".utf8) + [0])
        #expect(FATEntry.parse(parts, isWide: false).map(\.name) == ["AVENDO~1"])
    }

    @Test func `with any byte of its head flipped gets an answer`() throws {
        let bytes = try Image("fat12").bytes
        for offset in 0..<4096 {
            var broken = bytes
            broken[offset] ^= 0xff
            guard let files = try? FATFilesystem(MemorySource(broken)) else { continue }
            _ = try? files.read("EFI/debian/grubx64.efi", limit: 1 << 20)
        }
    }
}

/// A recorded filesystem, in memory.
private struct Image {
    var bytes: [UInt8]

    init(_ name: String) throws {
        let disk = try RecordedDisk(name)
        let source = try BlockSource(disk.path)
        bytes = try source.read(at: 0, count: Int(source.size))
    }

    func files() throws -> FATFilesystem { try FATFilesystem(MemorySource(bytes)) }
}
