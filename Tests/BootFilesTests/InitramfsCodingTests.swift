import BootFiles
import FoundationEssentials
import Machine
import Testing

@Suite struct `Facts of an initramfs are saved` {
    @Test func `and come back the same, in the same bytes`() throws {
        let facts = try InitramfsReader.read(MemorySource(InitramfsFixture.bytes("dracut.early-zstd")))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let saved = try encoder.encode(facts)
        let again = try JSONDecoder().decode(InitramfsFacts.self, from: saved)
        #expect(again == facts)
        #expect(try encoder.encode(again) == saved)
    }

    @Test func `damage is saved with its place`() throws {
        let image = try InitramfsFixture.bytes("debian.gzip")
        let facts = try InitramfsReader.read(MemorySource(Array(image[..<5000])))
        let again = try JSONDecoder().decode(InitramfsFacts.self, from: JSONEncoder().encode(facts))
        #expect(again.damage == facts.damage)
        #expect(again.damage?.kind == .truncated)
    }
}
