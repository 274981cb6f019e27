/// Reflected CRC-32 of polynomial 0xedb88320, bit by bit over a table made once.
package struct CRC32: Sendable {
    private let table: [UInt32]

    package init() {
        table = (0..<256).map { index in
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xedb8_8320 : value >> 1 }
            return value
        }
    }

    /// The running CRC after `bytes`, from `initial`, without a final exclusive-or.
    package func raw(_ bytes: some Sequence<UInt8>, initial: UInt32) -> UInt32 {
        // Arrays and slices lie in one piece; going through the protocol costs a hundred instructions a byte.
        if let value = bytes.withContiguousStorageIfAvailable({ contiguous($0, initial) }) { return value }
        return contiguous(Array(bytes), initial)
    }

    private func contiguous(_ bytes: some RandomAccessCollection<UInt8>, _ initial: UInt32) -> UInt32 {
        var value = initial
        for byte in bytes { value = table[Int((value ^ UInt32(byte)) & 255)] ^ (value >> 8) }
        return value
    }

    /// The standard CRC-32 of GPT and zip.
    package func standard(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~raw(bytes, initial: 0xffff_ffff)
    }

    /// LVM's: initial 0xf597a6cf, no final exclusive-or (lvm2, lib/misc/crc.c).
    package func lvm(_ bytes: some Sequence<UInt8>) -> UInt32 { raw(bytes, initial: 0xf597_a6cf) }
}
