import Bytes

/// A GRUB module: a relocatable ELF object whose undefined symbols other modules or the core must supply.
struct ELFModule {
    /// From its `.modname` section.
    var name: String?
    /// From its `.moddeps` section.
    var dependencies: [String] = []
    /// Symbols it wants from outside.
    var needs: [String] = []
    /// Symbols it offers to others.
    var defines: [String] = []

    // A module has some twenty sections and some hundred symbols; more is somebody's joke.
    private static let mostSections = 512
    private static let mostSymbols = 1 << 14

    private struct Section {
        var kind: UInt32
        var link: Int
        var body: ArraySlice<UInt8>
        var name: Int
    }

    /// Nil where the bytes are no ELF object; parts that lie outside of them are left out.
    init?(parsing object: [UInt8]) {
        guard object.starts(with: [0x7f, 0x45, 0x4c, 0x46]), object.count > 6, object[5] == 1 else {
            return nil
        }
        let wide = object[4] == 2
        guard let sections = Self.sections(of: object, wide: wide) else { return nil }
        let namesIndex: UInt16 = object.little(at: wide ? 62 : 50) ?? 0
        let names = sections.indices.contains(Int(namesIndex)) ? sections[Int(namesIndex)].body : []
        for section in sections {
            switch Self.text(names, section.name) {
            case ".modname": name = section.body.textToNUL
            case ".moddeps":
                dependencies = section.body.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            default: break
            }
            // SHT_SYMTAB is 2; its link is the string table of its names.
            if section.kind == 2, sections.indices.contains(section.link) {
                addSymbols(section.body, names: sections[section.link].body, wide: wide)
            }
        }
    }

    private mutating func addSymbols(_ table: ArraySlice<UInt8>, names: ArraySlice<UInt8>, wide: Bool) {
        let width = wide ? 24 : 16
        let most = Self.mostSymbols - needs.count - defines.count
        for index in 0..<min(table.count / width, most) {
            let symbol = table[(table.startIndex + index * width)..<(table.startIndex + (index + 1) * width)]
            guard let at: UInt32 = symbol.little(at: 0), at != 0,
                let bits: UInt8 = symbol.little(at: wide ? 4 : 12),
                let section: UInt16 = symbol.little(at: wide ? 6 : 14)
            else { continue }
            let text = Self.text(names, Int(at))
            guard !text.isEmpty else { continue }
            // As grub_dl_resolve_symbols (kern/dl.c) sees them: STT_NOTYPE, STT_OBJECT and STT_FUNC; local ones stay.
            guard bits & 15 <= 2 else { continue }
            if section == 0 {
                needs.append(text)
            } else if bits >> 4 != 0 {
                defines.append(text)
            }
        }
    }

    private static func sections(of object: [UInt8], wide: Bool) -> [Section]? {
        let table: UInt64? =
            wide ? object.little(UInt64.self, at: 40) : object.little(UInt32.self, at: 32).map(UInt64.init)
        guard let table, let start = Int(exactly: table), start < object.count,
            let width: UInt16 = object.little(at: wide ? 58 : 46), Int(width) >= (wide ? 64 : 40),
            let count: UInt16 = object.little(at: wide ? 60 : 48), Int(count) <= mostSections
        else { return nil }
        return (0..<Int(count)).map { index in
            let header = start + index * Int(width)
            let offset: UInt64? =
                wide
                ? object.little(at: header + 24)
                : object.little(UInt32.self, at: header + 16).map(UInt64.init)
            let size: UInt64? =
                wide
                ? object.little(at: header + 32)
                : object.little(UInt32.self, at: header + 20).map(UInt64.init)
            let link: UInt32? = object.little(at: header + (wide ? 40 : 24))
            let kind: UInt32 = object.little(at: header + 4) ?? 0
            let name: UInt32 = object.little(at: header) ?? 0
            // SHT_NOBITS (8) has no bytes in the file.
            let body =
                kind == 8
                ? nil : object.span(at: Int(clamping: offset ?? .max), count: Int(clamping: size ?? .max))
            return Section(kind: kind, link: Int(link ?? 0), body: body ?? [], name: Int(name))
        }
    }

    private static func text(_ names: ArraySlice<UInt8>, _ offset: Int) -> String {
        guard offset >= 0, offset < names.count else { return "" }
        return names.dropFirst(offset).prefix(256).textToNUL
    }
}
