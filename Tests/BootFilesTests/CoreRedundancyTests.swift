import Machine
import Testing

@testable import BootFiles

@Suite struct `Core image with redundancy` {
    @Test func `a core that grub-install wrote is whole by its redundancy`() throws {
        let disk = try GRUBFixture.bytes("array.img")
        let decoded = DecodedCore(try LoadedCore(from: MemorySource(disk), at: 1))
        #expect(decoded.redundancy == .whole)
        #expect(try CoreImage.read(from: MemorySource(disk), at: 1).mendedSectors == nil)
        let search = DecodedCore(
            try LoadedCore(from: MemorySource(try GRUBFixture.bytes("search.img")), at: 40))
        #expect(search.redundancy == .whole)
        #expect(DecodedCore(LoadedCore(file: try GRUBFixture.bytes("array.core"))).redundancy == .none)
    }

    @Test(arguments: [1, 4, 16, 27]) func `overwritten sectors are put right`(sectors: Int) throws {
        let whole = try CoreImage.read(from: MemorySource(try GRUBFixture.bytes("array.img")), at: 1)
        var disk = try GRUBFixture.bytes("array.img")
        for sector in 20..<(20 + sectors) { scribble(on: &disk, sector) }
        var core = try CoreImage.read(from: MemorySource(disk), at: 1)
        #expect(core.mendedSectors == sectors)
        core.mendedSectors = nil
        #expect(core == whole)
    }

    @Test func `overwritten redundancy is put right, too`() throws {
        var disk = try GRUBFixture.bytes("array.img")
        for sector in 80..<90 { scribble(on: &disk, sector) }
        let core = try CoreImage.read(from: MemorySource(disk), at: 1)
        #expect(core.damage == nil)
        #expect(core.mendedSectors == 10)
    }

    @Test func `more than half of the redundancy is too much`() throws {
        var disk = try GRUBFixture.bytes("array.img")
        for sector in 20..<49 { scribble(on: &disk, sector) }
        let core = try CoreImage.read(from: MemorySource(disk), at: 1)
        #expect(core.damage?.contains("more of it is overwritten than its redundancy of") == true)
    }

    @Test func `a flipped bit anywhere behind the code that puts right is found`() throws {
        let disk = try GRUBFixture.bytes("array.img")
        let unprotected = Int(disk[1024 + 0x14]) + Int(disk[1024 + 0x15]) << 8
        for offset in stride(from: 1024 + unprotected, to: 120 * 512, by: 977) {
            var disk = disk
            disk[offset] ^= 0x10
            #expect(try CoreImage.read(from: MemorySource(disk), at: 1).mendedSectors == 1, "byte \(offset)")
        }
    }

    @Test func `a core larger than one run of words is put right in each of them`() {
        let unprotected = 700
        var image = (0..<(300 * 512 + 77)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 512) }
        // All symbols of a word of zeros are zero; data that is zero has redundancy that is zero, and one that is not
        // is taken for written.
        for offset in unprotected..<image.count { image[offset] = 0 }
        image[image.count - 1] = 1
        #expect(CoreRedundancy.mend(&image, data: unprotected..<(150 * 512)) == .mends(sectors: 1))
        #expect(image.last == 0)
    }

    @Test func `a word is put right up to half of its redundancy, and left alone beyond`() {
        let code = ReedSolomon()
        let zeros = [UInt8](repeating: 0, count: 200)
        for errors in 0...50 {
            var word = zeros
            for error in 0..<errors { word[error * 4 + 1] = UInt8(error + 1) }
            let places = code.correct(&word, redundancy: 100)
            #expect(places?.sorted() == (0..<errors).map { $0 * 4 + 1 })
            #expect(word == zeros)
        }
        var word = zeros
        for error in 0..<60 { word[error * 3] = UInt8(error + 7) }
        let damaged = word
        #expect(code.correct(&word, redundancy: 100) == nil)
        #expect(word == damaged)
        #expect(code.correct(&word, redundancy: 0) == [])
        #expect(code.correct(&word, redundancy: 201) == nil)
    }

    private func scribble(on disk: inout [UInt8], _ sector: Int) {
        for offset in (sector * 512)..<((sector + 1) * 512) {
            disk[offset] ^= UInt8(truncatingIfNeeded: offset &* 37 | 1)
        }
    }
}
