import BootFiles
import Testing

@Suite struct `A unified kernel image` {
    /// A PE program of these sections, each 512 bytes after the other.
    static func program(_ sections: [(name: String, text: String)]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 512 * (sections.count + 1))
        func put(_ part: some Collection<UInt8>, at offset: Int) {
            bytes.replaceSubrange(offset..<offset + part.count, with: part)
        }
        put([0x4d, 0x5a], at: 0)
        put([64], at: 0x3c)
        put([0x50, 0x45, 0, 0, 0x64, 0x86, UInt8(sections.count)], at: 64)
        put([16], at: 64 + 20)
        for (index, section) in sections.enumerated() {
            let place = 64 + 24 + 16 + index * 40
            put(Array(section.name.utf8), at: place)
            put([UInt8(section.text.utf8.count)], at: place + 8)
            put([0, UInt8(2 * (index + 1))], at: place + 20)
            put(Array(section.text.utf8), at: 512 * (index + 1))
        }
        return bytes
    }

    @Test func `tells its kernel and its command line`() {
        let image = Self.program([
            (".osrel", "ID=debian\n"), (".cmdline", "root=UUID=1 ro\n quiet\0"), (".uname", "6.1.0-50"),
            (".linux", "MZ"),
        ])
        #expect(
            UnifiedImage(parsing: image)
                == UnifiedImage(kernel: "6.1.0-50", commandLine: "root=UUID=1 ro quiet"))
    }

    @Test func `may have neither`() {
        let image = Self.program([(".text", "x"), (".linux", "MZ")])
        #expect(UnifiedImage(parsing: image) == UnifiedImage(kernel: nil, commandLine: nil))
    }

    @Test func `is not every program of the firmware's`() {
        #expect(UnifiedImage(parsing: Self.program([(".text", "x"), (".cmdline", "root=/dev/sda")])) == nil)
        #expect(UnifiedImage(parsing: Array("MZ".utf8)) == nil)
        #expect(UnifiedImage(parsing: []) == nil)
    }

    @Test func `cut off anywhere is no crash, and a section that lies outside is none`() {
        let image = Self.program([(".cmdline", "root=UUID=1"), (".linux", "MZ")])
        for length in image.indices { _ = UnifiedImage(parsing: Array(image.prefix(length))) }
        #expect(
            UnifiedImage(parsing: Array(image.prefix(512))) == UnifiedImage(kernel: nil, commandLine: nil))
    }
}
