import BootFiles
import Testing

@Suite struct `A boot option of the firmware` {
    static func utf16(_ text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
    }

    static func node(_ type: UInt8, _ subtype: UInt8, _ body: [UInt8]) -> [UInt8] {
        let length = body.count + 4
        return [type, subtype, UInt8(length & 0xff), UInt8(length >> 8)] + body
    }

    static let zeros = [UInt8](repeating: 0, count: 16)
    static let disk = node(
        4, 1,
        [1, 0, 0, 0] + zeros
            + [0x78, 0x56, 0x34, 0x12, 0xbc, 0x9a, 0xf0, 0xde, 1, 2, 3, 4, 5, 6, 7, 8, 2, 2])
    static let file = node(4, 4, utf16(#"\EFI\debian\shimx64.efi"#) + [0, 0])
    static let end = node(0x7f, 0xff, [])

    static func option(attributes: UInt8 = 1, title: String = "debian", _ path: [UInt8]) -> [UInt8] {
        [attributes, 0, 0, 0, UInt8(path.count & 0xff), UInt8(path.count >> 8)] + utf16(title) + [0, 0] + path
    }

    @Test func `names a partition and a loader on it`() {
        let option = BootOption(number: 0x1a, parsing: Self.option(Self.disk + Self.file + Self.end))
        #expect(
            option
                == BootOption(
                    number: 0x1a, title: "debian",
                    partition: .init(number: 1, uuid: "12345678-9abc-def0-0102-030405060708"),
                    file: #"\EFI\debian\shimx64.efi"#))
        #expect(option?.name == "Boot001A")
        #expect(option?.loader == "EFI/debian/shimx64.efi")
    }

    @Test func `of a disk with an MBR has its signature`() {
        let disk = Self.node(
            4, 1, [5, 0, 0, 0] + Self.zeros + [0xef, 0xcd, 0xab, 0x01] + Self.zeros.prefix(12) + [1, 1])
        let option = BootOption(number: 0, parsing: Self.option(disk + Self.end))
        #expect(option?.partition == .init(number: 5, uuid: "01abcdef-05"))
        #expect(option?.file == nil)
    }

    @Test func `may be switched off, and may start something that is no disk`() {
        let network = Self.node(3, 11, Self.zeros)
        let option = BootOption(number: 2, parsing: Self.option(attributes: 8, title: "", network + Self.end))
        #expect(option == BootOption(number: 2, isActive: false, title: ""))
    }

    @Test func `ends where its device path does`() {
        let path = Self.disk + Self.end + Self.file
        #expect(BootOption(number: 0, parsing: Self.option(path))?.file == nil)
    }

    @Test func `that is cut off or no option at all is none, and damage ends its path`() {
        let whole = Self.option(Self.disk + Self.file + Self.end)
        for length in 0..<whole.count {
            #expect(BootOption(number: 0, parsing: Array(whole.prefix(length))) == nil)
        }
        let short = Self.node(4, 1, [1, 0, 0, 0])
        #expect(BootOption(number: 0, parsing: Self.option(short + Self.file + Self.end))?.partition == nil)
        let empty: [UInt8] = [4, 1, 0, 0] + Self.file
        #expect(BootOption(number: 0, parsing: Self.option(empty))?.file == nil)
    }
}
