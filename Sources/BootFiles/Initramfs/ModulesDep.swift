/// depmod's modules.dep: `kernel/drivers/md/dm-raid.ko: kernel/drivers/md/dm-mod.ko …` (modules.dep(5)).
package enum ModulesDep {
    /// What each module needs, by name.
    package static func parse(_ text: String) -> [String: [String]] {
        var text = text
        return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) }
    }

    static func parse(_ bytes: UnsafeRawBufferPointer) -> [String: [String]] {
        parse(lines: bytes.split(separator: UInt8(ascii: "\n")))
    }

    static func parse(lines: some Sequence<some BidirectionalCollection<UInt8>>) -> [String: [String]] {
        var dependencies: [String: [String]] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            guard let module = ModuleName.inFile(line[..<colon]) else { continue }
            let needed = line[line.index(after: colon)...].split(whereSeparator: {
                $0 == 32 || $0 == 9 || $0 == 13
            })
            dependencies[module] = needed.compactMap { ModuleName.inFile($0) }
        }
        return dependencies
    }

    /// The modules that the lines of modules.builtin or modules.order name.
    package static func names(_ text: String) -> Set<String> {
        var text = text
        return text.withUTF8 { names(UnsafeRawBufferPointer($0)) }
    }

    static func names(_ bytes: UnsafeRawBufferPointer) -> Set<String> {
        Set(bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }).compactMap { ModuleName.inFile($0) })
    }
}
