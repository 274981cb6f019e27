import BootFiles
import Machine
import TestFiles
import Testing

@Suite struct `Modules and what they need` {
    @Test(arguments: [
        ("kernel/drivers/md/dm-raid.ko", "dm_raid"), ("dm-raid.ko.xz", "dm_raid"), ("a/b.ko.zst", "b"),
        ("raid1.ko.gz", "raid1"), ("raid1.o", nil), (".ko", nil), ("x/.ko.xz", nil), ("", nil), ("ko", nil),
    ])
    func `a module is named for its file`(path: String, name: String?) {
        #expect(ModuleName.inFile(path) == name)
    }

    @Test func `depmod's text and its binary index say the same`() throws {
        let text = ModulesDep.parse(try InitramfsFixture.text("modules.dep"))
        #expect(text["dm_raid"]?.contains("async_raid6_recov") == true)
        var binary = Archive()
        binary.add("lib/modules/1/modules.dep.bin", try InitramfsFixture.bytes("modules.dep.bin"))
        binary.add("lib/modules/1/modules.builtin.bin", try InitramfsFixture.bytes("modules.builtin.bin"))
        let facts = try binary.facts()
        #expect(facts.moduleDependencies == text)
        #expect(facts.builtIn == ModulesDep.names(try InitramfsFixture.text("modules.builtin")))
    }

    @Test func `a broken index is no index`() throws {
        let whole = try InitramfsFixture.bytes("modules.dep.bin")
        for step in 0..<100 {
            var broken = whole
            broken[step * whole.count / 100] ^= 0xff
            var archive = Archive()
            archive.add("lib/modules/1/modules.dep.bin", broken)
            _ = try archive.facts()
        }
        // A root node that is its own child.
        let circle: [UInt8] =
            [0xb0, 0x07, 0xf4, 0x57, 0, 2, 0, 1, 0x20, 0, 0, 12, 97, 98] + [0x20, 0, 0, 12, 0x20, 0, 0, 12]
        var archive = Archive()
        archive.add("lib/modules/1/modules.dep.bin", circle)
        #expect(try archive.facts().moduleDependencies.isEmpty)
    }

    @Test func `what is missing of a closure is named`() {
        let facts = InitramfsFacts(
            modules: ["dm_raid", "raid456"],
            moduleDependencies: [
                "dm_raid": ["raid456", "dm_mod"], "raid456": ["async_tx", "md_mod"], "async_tx": ["dm_raid"],
            ], builtIn: ["md_mod"])
        #expect(facts.closure(of: "dm-raid") == ["async_tx", "dm_mod"])
        #expect(facts.knowsDependencies(of: "dm-raid") && facts.knowsDependencies(of: "md-mod"))
        #expect(!facts.knowsDependencies(of: "raid1"))
        #expect(facts.closure(of: "raid1") == [])
    }

    @Test func `the modules of an installed kernel are read from its root`() throws {
        let root = try TemporaryDirectory()
        let version = InitramfsFixture.version
        try root.write(InitramfsFixture.bytes("modules.dep"), to: "usr/lib/modules/\(version)/modules.dep")
        try root.write(
            InitramfsFixture.bytes("modules.builtin"), to: "usr/lib/modules/\(version)/modules.builtin")
        try root.write([1], to: "usr/lib/modules/\(version)/kernel/drivers/md/raid1.ko.xz")
        try root.write([], to: "usr/lib/modules/\(version)/kernel/drivers/md/dm-raid.ko")
        try root.write([1], to: "usr/lib/modules/5.0-removed/extra/x.ko")
        try root.link("usr/lib", at: "lib")
        try root.link("/usr/src", at: "usr/lib/modules/\(version)/build")
        let directory = try RootDirectory(root.path)
        #expect(try KernelModules.versions(root: directory) == [version])

        let modules = try #require(
            try KernelModules.read(root: directory, version: version, listingFiles: true))
        #expect(modules.has(module: "dm-raid") && modules.has(module: "sha256-generic"))
        #expect(!modules.has(module: "nonesuch"))
        #expect(modules.present == ["raid1"])
        #expect(modules.dependencies["raid1"] == ["md_mod"])
        #expect(try KernelModules.read(root: directory, version: version)?.present == nil)
        #expect(try KernelModules.read(root: directory, version: "9.9") == nil)
        #expect(try KernelModules.read(root: directory, version: "../..") == nil)
    }

    @Test func `the binary index serves where the text is gone`() throws {
        let root = try TemporaryDirectory()
        try root.write(InitramfsFixture.bytes("modules.dep.bin"), to: "lib/modules/1.0/modules.dep.bin")
        try root.write(
            InitramfsFixture.bytes("modules.builtin.bin"), to: "lib/modules/1.0/modules.builtin.bin")
        let modules = try KernelModules.read(root: RootDirectory(root.path), version: "1.0")
        #expect(modules?.dependencies["raid1"] == ["md_mod"])
        #expect(modules?.builtIn.contains("sha256_generic") == true)
    }
}
