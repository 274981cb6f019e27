import BootFiles
import Machine
import Testing

@Suite struct `An initramfs is read whatever it is packed with` {
    static let packed: [(String, String)] = [
        ("debian.gzip", "gzip"), ("debian.xz", "xz"), ("debian.zstd", "zstd"), ("debian.lz4", "lz4"),
        ("debian.lz4-frame", "lz4 frame"), ("debian.lzma", "lzma"), ("debian.bzip2", "bzip2"),
    ]

    @Test(arguments: packed)
    func `each compression gives the same facts`(name: String, compression: String) throws {
        let image = try InitramfsFixture.bytes(name)
        var facts = try InitramfsReader.read(MemorySource(image))
        let segment = try #require(facts.segments.first)
        #expect(facts.segments.count == 1)
        #expect(segment.compression == compression)
        #expect(segment.offset == 0)
        #expect(segment.size == UInt64(image.count))
        #expect(segment.entries == 416)
        #expect(facts.damage == nil)
        #expect(facts.notLookedInto == nil)

        var expected = try InitramfsReader.read(MemorySource(InitramfsFixture.bytes("debian.gzip")))
        facts.segments = []
        expected.segments = []
        #expect(facts == expected)
    }

    @Test func `Debian's image says what it can do`() throws {
        let facts = try InitramfsReader.read(MemorySource(InitramfsFixture.bytes("debian.zstd")))
        #expect(facts.generator == .initramfsTools)
        #expect(facts.kernelVersions == [InitramfsFixture.version])
        #expect(facts.hasInit)
        #expect(facts.has(module: "dm-raid") && facts.has(module: "raid1") && facts.has(module: "xfs"))
        // Compiled into Debian's kernel.
        #expect(!facts.modules.contains("loop") && facts.builtIn.contains("sha256_generic"))
        #expect(!facts.has(module: "nvme"))
        #expect(facts.moduleDependencies["raid1"] == ["md_mod"])
        #expect(facts.moduleDependencies["dm_raid"]?.contains("raid456") == true)
        #expect(facts.closure(of: "dm-raid") == [])
        #expect(
            facts.requestedModules.starts(with: ["linear", "multipath", "raid0", "raid1", "raid456", "raid5"])
        )
        #expect(
            facts.programs.isSuperset(of: ["mdadm", "mdmon", "lvm", "vgchange", "dmsetup", "udevadm", "kmod"])
        )
        #expect(!facts.programs.contains("cryptroot-unlock"))
        #expect(facts.udevRules.isSuperset(of: ["64-md-raid-assembly.rules", "69-lvm.rules"]))
        #expect(facts.scripts.isSuperset(of: ["scripts/local-block/mdadm", "scripts/local-bottom/mdadm"]))
        #expect(
            facts.texts["etc/mdadm/mdadm.conf"]?.contains("UUID=11111111:22222222:33333333:44444444") == true)
        #expect(facts.texts["etc/lvm/lvm.conf"]?.contains("devices {") == true)
        #expect(facts.texts["conf/initramfs.conf"] != nil)
        #expect(facts.texts["init"] == nil)
    }

    @Test func `dracut's image is an early archive and a main one`() throws {
        let image = try InitramfsFixture.bytes("dracut.early-zstd")
        let facts = try InitramfsReader.read(MemorySource(image))
        #expect(facts.damage == nil)
        #expect(facts.segments.map(\.compression) == ["none", "zstd"])
        #expect(facts.segments.map(\.entries).first == 6)
        let main = try #require(facts.segments.last)
        #expect(main.offset % 512 == 0)
        #expect(main.offset + main.size == UInt64(image.count))
        #expect(facts.generator == .dracut(version: "059-4"))
        #expect(facts.dracutModules.contains("mdraid") && facts.dracutModules.contains("lvm"))
        #expect(
            facts.programs.isSuperset(of: ["mdadm", "mdraid_start", "lvm", "lvm_scan", "systemd", "udevadm"]))
        #expect(facts.scripts.contains("hooks/pre-trigger/30-parse-md.sh"))
        #expect(facts.texts["etc/cmdline.d/01-default.conf"]?.contains("rd.md.uuid=1") == true)
        #expect(facts.texts["etc/mdadm.conf"] != nil)
        #expect(facts.hasInit)
        // Of depmod's files this image carries the binary ones alone.
        #expect(facts.moduleDependencies["raid1"] == ["md_mod"])
        #expect(facts.builtIn.contains("sha256_generic"))
        #expect(facts.closure(of: "dm_raid") == [])
    }

    @Test func `what the kernel would refuse is said`() throws {
        func refusal(_ name: String) throws -> String? {
            try InitramfsReader.read(MemorySource(InitramfsFixture.bytes(name))).segments.first?.refused
        }
        #expect(try refusal("debian.xz") == nil)
        #expect(try refusal("debian.lz4") == nil)
        #expect(try refusal("debian.xz-crc64")?.contains("--check=crc32") == true)
        #expect(try refusal("debian.lz4-frame")?.contains("lz4 -l") == true)
    }

    @Test func `a window larger than the kernel takes is not looked into`() throws {
        let facts = try InitramfsReader.read(MemorySource(InitramfsFixture.bytes("window.zstd")))
        #expect(facts.notLookedInto == "zstd window of 256 MiB, more than the kernel unpacks")
        #expect(facts.damage == nil)
        #expect(facts.generator == nil)
    }

    @Test func `archives of every kind may follow one another with NUL bytes between`() throws {
        var plain = Archive()
        plain.add("usr/lib/modules/1.0/kernel/first.ko.xz", [1])
        plain.end()
        var image = plain.bytes + [UInt8](repeating: 0, count: 4096 - plain.bytes.count % 512)
        let second = image.count
        image += try InitramfsFixture.bytes("debian.xz")
        image += [UInt8](repeating: 0, count: 700_000 - image.count)
        image += try InitramfsFixture.bytes("debian.gzip")
        image += try InitramfsFixture.bytes("debian.bzip2")
        image += [UInt8](repeating: 0, count: 4 - image.count % 4)
        image += plain.bytes
        image += try InitramfsFixture.bytes("debian.lz4")
        let facts = try InitramfsReader.read(MemorySource(image))
        #expect(facts.damage == nil)
        #expect(facts.segments.map(\.compression) == ["none", "xz", "gzip", "bzip2", "none", "lz4"])
        #expect(facts.segments.dropFirst().first?.offset == UInt64(second))
        #expect(facts.segments.map(\.entries) == [1, 416, 416, 416, 1, 416])
        #expect(facts.has(module: "first"))
        #expect(facts.kernelVersions == ["1.0", InitramfsFixture.version])
    }

    @Test(arguments: [
        ([0x89, 0x4c, 0x5a, 0x4f, 0, 0], "lzop-compressed archive"),
        (Array("MZ".utf8) + [0x90, 0], "EFI image (unified kernel image)"),
        (Array("hsqs".utf8), "squashfs image"),
    ])
    func `what cannot be unpacked here is named, not called broken`(image: [UInt8], name: String) throws {
        let facts = try InitramfsReader.read(MemorySource(image))
        #expect(facts.notLookedInto == name)
        #expect(facts.damage == nil)
    }
}
