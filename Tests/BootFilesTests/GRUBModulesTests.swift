import Machine
import Testing

@testable import BootFiles

@Suite struct `GRUB modules` {
    private func echo() throws -> GrubModules {
        let root = try GRUBFixture.directory()
        let names = try #require(try root.list("/modules"))
        return try GrubModules.read(root, path: "/modules", names: names, first: "echo")
    }

    @Test func `a module and what it depends on are read with their symbols`() throws {
        let modules = try echo()
        #expect(modules.files == ["echo", "extcmd"])
        #expect(modules.modules.map(\.name) == ["echo", "extcmd"])
        #expect(modules.absent.isEmpty)
        #expect(modules.modules[0].needs.contains("grub_register_extcmd"))
        #expect(modules.modules[1].defines.contains("grub_register_extcmd"))
    }

    @Test func `a core of the same build has every symbol`() throws {
        let core = try CoreImage.read(
            from: MemorySource(try GRUBFixture.bytes("array.img")), at: 1, modules: try echo())
        #expect(core.missingSymbols == [])
    }

    @Test func `a symbol that only newer cores have is missed`() throws {
        var modules = try echo()
        modules.modules[0].needs.append("grub_is_lockdown_newer")
        let core = try CoreImage.read(
            from: MemorySource(try GRUBFixture.bytes("array.img")), at: 1, modules: modules)
        #expect(core.missingSymbols == ["grub_is_lockdown_newer"])
    }

    @Test func `a module that is linked into the core is not loaded from the directory`() throws {
        var modules = try echo()
        modules.modules[0].name = "xfs"
        modules.modules[0].needs.append("grub_is_lockdown_newer")
        let core = try CoreImage.read(
            from: MemorySource(try GRUBFixture.bytes("array.img")), at: 1, modules: modules)
        #expect(core.missingSymbols == [])
    }

    @Test func `a linked module that is not the file of its name is of another build`() throws {
        var modules = try echo()
        let disk = MemorySource(try GRUBFixture.bytes("array.img"))
        #expect(try CoreImage.read(from: disk, at: 1, modules: modules).differingModules == [])
        modules.sums = ["xfs": 1, "btrfs": 1]
        #expect(try CoreImage.read(from: disk, at: 1, modules: modules).differingModules == ["xfs"])
        #expect(try CoreImage.read(from: disk, at: 1).differingModules == nil)
        // grub-mkimage fills a module up to a multiple of four.
        #expect(ModuleArea.sum(of: [1, 2, 0, 0]) == ModuleArea.sum(of: [1, 2]))
    }

    @Test func `what is named but not there is absent`() throws {
        let root = try GRUBFixture.directory()
        let modules = try GrubModules.read(root, path: "/modules", names: [], first: "normal")
        #expect(modules.absent == ["normal"])
        #expect(try GrubModules.read(root, path: "/no-such") == nil)
    }

    @Test func `no damaged module crashes`() throws {
        let module = try GRUBFixture.bytes("modules/extcmd.mod")
        for count in stride(from: 0, to: module.count, by: 7) {
            _ = ELFModule(parsing: Array(module.prefix(count)))
        }
        for offset in module.indices {
            var module = module
            module[offset] = 0xff
            _ = ELFModule(parsing: module)
        }
    }

    static var installed: RootDirectory? { try? RootDirectory("/usr/lib/grub") }

    @Test(
        .enabled("needs GRUB's modules: apt-get install grub-pc-bin") {
            installed?.exists("i386-pc/normal.mod") == true
        })
    func `every symbol of the installed modules is found in a core of theirs`() throws {
        let root = try #require(Self.installed)
        let modules = try #require(try GrubModules.read(root, path: "/i386-pc"))
        #expect(modules.version?.hasPrefix("2.") == true)
        #expect(modules.modules.count >= 9)
        #expect(modules.absent.isEmpty)
    }
}
