import Bytes
import Testing

@Suite struct Checksums {
    // "123456789" is the check value every CRC catalogue gives.
    @Test func `the standard CRC-32`() {
        #expect(CRC32().standard(Array("123456789".utf8)) == 0xcbf4_3926)
        #expect(CRC32().standard([]) == 0)
    }

    @Test func `a CRC in pieces is the CRC of the whole`() {
        let crc = CRC32()
        let half = crc.raw(Array("12345".utf8), initial: 0xffff_ffff)
        #expect(~crc.raw(Array("6789".utf8), initial: half) == 0xcbf4_3926)
    }

    @Test func `LVM starts from a value of its own and does not invert`() {
        #expect(CRC32().lvm([]) == 0xf597_a6cf)
        #expect(CRC32().lvm(Array("123456789".utf8)) != CRC32().standard(Array("123456789".utf8)))
    }
}
