import Bytes
import Testing

@Suite struct Integers {
    let bytes: [UInt8] = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xf8]

    @Test func `both byte orders`() {
        #expect(bytes.little(UInt32.self, at: 0) == 0x0403_0201)
        #expect(bytes.big(UInt32.self, at: 0) == 0x0102_0304)
        #expect(bytes.little(UInt64.self, at: 0) == 0xf807_0605_0403_0201)
        #expect(bytes.big(UInt16.self, at: 6) == 0x07f8)
        #expect(bytes.little(Int8.self, at: 7) == -8)
        #expect(bytes.little(Int64.self, at: 0) == Int64(bitPattern: 0xf807_0605_0403_0201))
    }

    @Test(arguments: [-1, 5, 8, 9, Int.max, Int.min])
    func `an integer that does not lie inside whole is nil`(offset: Int) {
        #expect(bytes.little(UInt32.self, at: offset) == nil)
        #expect(bytes.big(UInt32.self, at: offset) == nil)
    }

    @Test func `offsets count from the start of a slice`() {
        let slice = bytes[2...]
        #expect(slice.little(UInt16.self, at: 0) == 0x0403)
        #expect(slice.span(at: 1, count: 2).map(Array.init) == [4, 5])
        #expect(slice.little(UInt64.self, at: 0) == nil)
    }

    @Test(arguments: [(0, 9), (8, 1), (-1, 1), (0, -1), (Int.max, 1), (1, Int.max), (Int.max, Int.max)])
    func `a span past the end is nil`(offset: Int, count: Int) {
        #expect(bytes.span(at: offset, count: count) == nil)
    }

    @Test func `an empty span at the end is there`() { #expect(bytes.span(at: 8, count: 0)?.isEmpty == true) }

    @Test func `a pattern is found where it begins`() {
        #expect(bytes.offset(of: [3, 4]) == 2)
        #expect(bytes.offset(of: [3, 4], from: 3) == nil)
        #expect(bytes.offset(of: [0xf8]) == 7)
        #expect(bytes.offset(of: [0xf8, 1]) == nil)
        #expect(bytes.offset(of: []) == nil)
        #expect(bytes[2...].offset(of: [4]) == 1)
        #expect([UInt8]().offset(of: [1]) == nil)
        #expect(bytes.offset(of: [1], from: Int.max) == nil)
    }

    @Test func `text ends at the first NUL`() {
        #expect([0x61, 0x62, 0, 0x63].textToNUL == "ab")
        #expect([UInt8(0x61), 0xff].textToNUL == "a\u{fffd}")
        #expect([UInt8]().textToNUL == "")
    }
}
