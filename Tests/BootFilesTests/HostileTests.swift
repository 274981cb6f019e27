import Testing

@testable import BootFiles

/// Inputs of some kilobytes that would take hours or gigabytes if nobody counted.
@Suite(.timeLimit(.minutes(2))) struct `Files made to exhaust the reader` {
    @Test func `variables that double themselves stay short`() throws {
        let doubled = "A=aaaaaaaa\n" + String(repeating: "A+=$A\nA=$A$A\n", count: 30)
        #expect(try #require(ShellAssignments(parsing: doubled)["A"]).utf8.count == 65536)
        let copied =
            "A=" + String(repeating: "a", count: 65000) + "\n" + String(repeating: "B=$A\n", count: 4000)
        let values = ShellAssignments(parsing: copied).assignments.map(\.value.utf8.count)
        #expect(values.reduce(0, +) < 5 << 20)
    }

    @Test func `a command line of nothing but variables stays short`() {
        let environment = GrubEnvironment(variables: ["a": String(repeating: "x", count: 60000)])
        let line = KernelCommandLine(
            expanding: String(repeating: "$a", count: 20000), environment: environment)
        #expect(line.parameters.map(\.name.utf8.count).reduce(0, +) < 200_000)
    }

    @Test func `the name of a section is not repeated a thousand times`() {
        let settings = (0..<1000).map { "a\($0)=1" }.joined(separator: " ")
        let conf = LVMConf(parsing: String(repeating: "n", count: 60000) + " { \(settings) }")
        #expect(conf.damage == "line 1: a name longer than any of LVM's")
        #expect(conf.settings.isEmpty)
    }

    @Test func `titles of menus are not repeated a thousand times`() {
        let title = String(repeating: "t", count: 10000)
        let menus = String(repeating: "submenu \(title) {\n", count: 50)
        let entries = String(repeating: "menuentry x {\n}\n", count: 4000)
        let config = GrubConfig(parsing: menus + entries)
        let bytes = config.entries.flatMap(\.submenus).map(\.title.utf8.count).reduce(0, +)
        #expect(bytes < 20 << 20 && bytes > 0)
        #expect(config.damage?.hasSuffix("more blocks than a menu may have") == true)
    }

    @Test func `a symbol table that many sections share is read once`() throws {
        let symbols = 1000
        let sections = 400
        var object = [UInt8](repeating: 0, count: 64)
        object.replaceSubrange(0..<6, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1])
        let table = 64 + 8 + symbols * 24
        object.put(UInt32(table), at: 40)
        object.put(64 | UInt32(sections) << 16, at: 58)
        object += [0, 97, 0, 0, 0, 0, 0, 0]
        for _ in 0..<symbols { object += [1, 0, 0, 0] + [UInt8](repeating: 0, count: 20) }
        for index in 0..<sections {
            var header = [UInt8](repeating: 0, count: 64)
            // The first holds the names, the others the symbols.
            header.put(index == 0 ? 3 : 2, at: 4)
            header.put(index == 0 ? 64 : 72, at: 24)
            header.put(index == 0 ? 8 : UInt32(symbols * 24), at: 32)
            object += header
        }
        let module = try #require(ELFModule(parsing: object))
        #expect(module.needs.count == 1 << 14)
    }

    @Test func `thousands of missing symbols are looked for in one pass`() {
        let needs = (0..<20000).map { "grub_symbol_\($0)" }
        let core = Array((0..<10000).map { "xgrub_symbol_\($0)\0" }.joined().utf8)
        let missing = GrubModules(path: "/grub", modules: [.init(name: "normal", needs: needs)])
            .missingSymbols(in: core, linked: [])
        #expect(missing.count == 10000)
        #expect(!missing.contains("grub_symbol_9999") && missing.contains("grub_symbol_10000"))
    }

    @Test func `an index whose nodes and values never end is none`() {
        var bytes: [UInt8] = [0xb0, 0x07, 0xf4, 0x57, 0, 2, 0, 1, 0x60, 0, 0, 12]
        // Two children, both the node itself, and a thousand empty values.
        bytes += [97, 98, 0x60, 0, 0, 12, 0x60, 0, 0, 12, 0, 0, 3, 0xe8]
        bytes += [UInt8](repeating: 0, count: 5000)
        #expect(bytes.withUnsafeBytes { KmodIndex($0) } == nil)
        // A prefix that is longer than any key, in front of two hundred children.
        var long: [UInt8] = [0xb0, 0x07, 0xf4, 0x57, 0, 2, 0, 1, 0xa0, 0, 0, 12]
        long += [UInt8](repeating: 98, count: 1 << 20) + [0, 1, 200]
        long += [[UInt8]](repeating: [0xa0, 0, 0, 12], count: 200).joined()
        #expect(long.withUnsafeBytes { KmodIndex($0) } == nil)
    }

    @Test func `links that lead on and on are given up`() throws {
        var archive = Archive()
        archive.link("a", to: String(repeating: "a/b/", count: 1000))
        for number in 0..<100 { archive.add("a/\(number)/\(String(repeating: "a/", count: 1000))init") }
        #expect(try archive.facts().complete)
    }

    @Test func `names beyond all measure are counted, not kept`() throws {
        var archive = Archive()
        let long = String(repeating: "x", count: 3900)
        for number in 0..<6500 { archive.add("scripts/local-top/\(number)\(long)", mode: Archive.program) }
        let facts = try archive.facts()
        #expect(facts.notLookedInto == "more names and texts than an initramfs has")
        #expect(facts.scripts.count < 6500 && facts.scripts.count > 5000)
    }
}

extension [UInt8] {
    fileprivate mutating func put(_ value: UInt32, at offset: Int) {
        for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }
}
