import BootFiles
import Glibc
import Machine
import Testing

@Suite struct `A damaged initramfs is described, never trusted` {
    private func facts(_ bytes: [UInt8]) throws -> InitramfsFacts {
        try InitramfsReader.read(MemorySource(bytes))
    }

    private func archive() -> Archive {
        var archive = Archive()
        archive.add("init", [1], mode: Archive.program)
        archive.add("etc/mdadm/mdadm.conf", text: "ARRAY /dev/md0\n")
        archive.add("usr/lib/modules/1.0/kernel/raid1.ko", [UInt8](repeating: 7, count: 999))
        return archive
    }

    @Test(arguments: [0, 1, 512, 1_000_003])
    func `an empty file and one of NUL bytes hold nothing`(count: Int) throws {
        let facts = try facts([UInt8](repeating: 0, count: count))
        #expect(facts.damage?.kind == .empty)
        #expect(facts.damage?.offset == 0)
        #expect(!facts.complete)
        #expect(facts.generator == nil)
    }

    @Test func `a text in its place is no initramfs`() throws {
        let facts = try facts(Array("not an image\n".utf8))
        #expect(facts.damage?.kind == .corrupt)
        #expect(facts.segments.isEmpty)
    }

    @Test func `an archive without its trailer is not whole`() throws {
        let whole = archive()
        let facts = try facts(whole.bytes)
        #expect(facts.damage?.kind == .noTrailer)
        #expect(facts.damage?.offset == UInt64(whole.bytes.count))
        #expect(facts.has(module: "raid1"))
    }

    @Test func `an archive cut anywhere is not whole`() throws {
        var whole = archive()
        whole.end()
        // The last bytes are padding.
        let trailer = 110 + 11
        for count in 1...(whole.bytes.count - 3) {
            let facts = try facts(Array(whole.bytes[..<count]))
            let kind = try #require(facts.damage?.kind, "cut at \(count)")
            #expect([.truncated, .noTrailer, .corrupt].contains(kind))
            #expect(facts.damage?.offset ?? 0 <= UInt64(count))
            if count > whole.bytes.count - trailer { #expect(facts.has(module: "raid1")) }
        }
    }

    @Test(arguments: `An initramfs is read whatever it is packed with`.packed)
    func `a compressed image cut anywhere is not whole`(name: String, compression: String) throws {
        let whole = try InitramfsFixture.bytes(name)
        for count in [6, 7, 20, 1000, whole.count / 2, whole.count - 9, whole.count - 1] {
            let facts = try facts(Array(whole[..<count]))
            #expect(facts.damage != nil, "cut at \(count)")
            #expect(facts.damage?.offset ?? 0 <= UInt64(count))
        }
    }

    @Test(arguments: `An initramfs is read whatever it is packed with`.packed)
    func `every flipped byte gets an answer`(name: String, compression: String) throws {
        let whole = try InitramfsFixture.bytes(name)
        var found = 0
        let steps = 40
        for step in 0..<steps {
            var bytes = whole
            bytes[step * whole.count / steps] ^= UInt8(1 << (step % 8))
            let facts = try facts(bytes)
            if facts.damage != nil || facts.notLookedInto != nil { found += 1 }
        }
        // The formats with a checksum notice nearly every one; lz4 and lzma carry none.
        let checked = ["gzip", "xz", "bzip2", "zstd", "lz4 frame"].contains(compression)
        #expect(found >= (checked ? steps - 3 : 1))
    }

    @Test func `every flipped byte of a plain archive gets an answer`() throws {
        var whole = archive()
        whole.end()
        for index in whole.bytes.indices {
            var bytes = whole.bytes
            bytes[index] ^= 0x41
            _ = try facts(bytes)
        }
    }

    @Test func `what follows the last archive is told from damage within`() throws {
        var whole = archive()
        whole.end()
        let behind = try facts(whole.bytes + [0, 0, 0, 0] + Array("rubbish".utf8))
        #expect(behind.damage?.kind == .trailing)
        #expect(behind.damage?.offset == UInt64(whole.bytes.count + 4))
        #expect(behind.has(module: "raid1"))

        let within = try facts(archive().bytes + Array("rubbish".utf8))
        #expect(within.damage?.kind == .corrupt)
    }

    @Test func `what follows an early archive alone was the main one`() throws {
        var image = try InitramfsFixture.bytes("dracut.early-zstd")
        let main = try #require(try facts(image).segments.last)
        image[Int(main.offset)] ^= 0xff
        let damage = try #require(try facts(image).damage)
        #expect(damage.kind == .corrupt)
        #expect(damage.offset == main.offset)
    }

    @Test func `something compressed that is no archive is damage`() throws {
        // "hello\n", gzip -n.
        let hello: [UInt8] = [
            0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 2, 0, 0x20, 0x30, 0x3a,
            0x36, 6,
            0, 0, 0,
        ]
        let facts = try facts(hello)
        #expect(facts.damage?.reason == "what is compressed is no cpio archive")
    }

    @Test func `the old cpio format is named`() throws {
        var old = Archive()
        old.add("init", magic: "070707")
        #expect(try facts(old.bytes).damage?.reason.contains("old format") == true)
    }

    @Test func `a size that reaches past the end does not`() throws {
        var lying = Archive()
        lying.add("etc/mdadm.conf", Array("x".utf8), claiming: .max)
        lying.add("a", claiming: 0xffff_fffe)
        let facts = try facts(lying.bytes)
        #expect(facts.damage?.kind == .truncated)
        #expect(facts.texts.isEmpty)
    }

    @Test func `a bad sector under the image is a fact, another failure an error`() throws {
        let image = try InitramfsFixture.bytes("debian.gzip")
        let bad = FailingSource(bytes: image, failsFrom: 4096, number: EIO)
        #expect(try InitramfsReader.read(bad).damage?.kind == .unreadable)
        let gone = FailingSource(bytes: image, failsFrom: 4096, number: EBADF)
        #expect(throws: SystemError.self) { try InitramfsReader.read(gone) }
    }
}
