import BootFiles
import Testing

@Suite struct `Boot record` {
    @Test(arguments: [("array.img", 1), ("partition.img", 1), ("search.img", 40)] as [(String, UInt64)])
    func `the sector that grub-install wrote is found`(image: String, sector: UInt64) throws {
        let record = BootRecord(parsing: try GRUBFixture.bytes(image))
        #expect(record.code == .grub(coreSector: sector))
        #expect(record.hasSignature)
    }

    @Test func `an erased sector is empty, with or without a signature`() {
        var sector = [UInt8](repeating: 0, count: 512)
        #expect(BootRecord(parsing: sector) == BootRecord(code: .empty, hasSignature: false))
        sector[510] = 0x55
        sector[511] = 0xaa
        #expect(BootRecord(parsing: sector) == BootRecord(code: .empty, hasSignature: true))
    }

    @Test(arguments: [
        ("Error loading operating system", "Windows"), ("SYSLINUX", "syslinux"),
        ("nothing known", "unknown code"),
    ])
    func `the code of others is named by what it prints`(text: String, origin: String) {
        var sector = [UInt8](repeating: 0, count: 512)
        sector.replaceSubrange(100..<(100 + text.utf8.count), with: text.utf8)
        #expect(BootRecord(parsing: sector).code == .foreign(origin))
    }

    @Test func `GRUB Legacy jumps elsewhere`() throws {
        var sector = Array(try GRUBFixture.bytes("array.img").prefix(512))
        sector[1] = 0x48
        #expect(BootRecord(parsing: sector).code == .grubLegacy)
    }

    @Test func `a hybrid record keeps its sector elsewhere`() throws {
        var sector = Array(try GRUBFixture.bytes("array.img").prefix(512))
        sector.replaceSubrange(3..<0x1a, with: [UInt8](repeating: 0x90, count: 0x17))
        sector.replaceSubrange(0x1b0..<0x1b8, with: [7, 0, 0, 0, 0, 0, 0, 0])
        #expect(BootRecord(parsing: sector).code == .grub(coreSector: 7))
    }

    @Test func `a sector that ends early is an answer`() throws {
        let sector = Array(try GRUBFixture.bytes("array.img").prefix(512))
        for count in 0..<512 {
            #expect(BootRecord(parsing: Array(sector.prefix(count))).hasSignature == false)
        }
    }
}

@Suite struct `Embedding area` {
    @Test(arguments: [(2048, 1_048_064, true), (63, 31_744, false), (66, 33_280, true), (65, 32_768, false)])
    func `a core fits into the gap when a sector is left before the first partition`(
        first: UInt64, length: UInt64, holds: Bool
    ) throws {
        let area = try #require(EmbeddingArea.gap(beforePartitionAt: first * 512))
        #expect(area.length == length)
        #expect(area.sector == 1)
        #expect(area.holds(coreOf: 32790) == holds)
    }

    @Test func `a partition that begins at once leaves no gap`() {
        #expect(EmbeddingArea.gap(beforePartitionAt: 512) == nil)
        #expect(EmbeddingArea.gap(beforePartitionAt: 0) == nil)
        #expect(EmbeddingArea.biosBoot(at: 20480, length: 46080).sector == 40)
        #expect(EmbeddingArea.biosBoot(at: 20480, length: 46080).kind == .biosBoot)
    }
}
