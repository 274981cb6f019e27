import Bytes
import Testing

@Suite struct Hexadecimal {
    @Test func `two digits a byte`() {
        #expect([0x00, 0x0f, 0xf0, 0xab].hex == "000ff0ab")
        #expect([UInt8]().hex == "")
    }

    @Test func `a UUID has its dashes, and sixteen bytes`() {
        #expect([UInt8](0..<16).dashedUUID == "00010203-0405-0607-0809-0a0b0c0d0e0f")
        #expect([UInt8](0..<15).dashedUUID == nil)
    }

    @Test(arguments: ["AB:CD", "ab-cd", "(mduuid/abcd)"])
    func `punctuation does not count`(text: String) { #expect(text.hexDigits.hasSuffix("abcd")) }
}
