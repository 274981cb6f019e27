import Bytes
import CLz4

/// The lz4 format that the kernel reads (`lz4 -l`): a magic, then blocks of up to 8 MiB, each behind its length.
///
/// It has no end mark and no checksum: the end of the file or a length of 0 ends it (lib/decompress_unlz4.c).
struct Lz4Legacy: Decompressor, ~Copyable {
    static var name: String { "lz4" }
    // A block unpacks to 8 MiB at most (LEGACY_BLOCKSIZE in lz4io.c), and does so in one go.
    static var bufferSize: Int { 8 << 20 }
    private static var magic: UInt32 { 0x184c_2102 }

    /// The block being gathered, or the four bytes before it.
    private var gathered: [UInt8] = []
    private var wanted = 4
    private var inBlock = false
    private let longest = Int(LZ4_compressBound(8 << 20))

    mutating func step(
        _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep {
        if inBlock, gathered.isEmpty, input.count >= wanted {
            return unpack(UnsafeRawBufferPointer(rebasing: input[..<wanted]), used: wanted, into: output)
        }
        let used = min(wanted - gathered.count, input.count)
        gathered.append(contentsOf: UnsafeRawBufferPointer(rebasing: input[..<used]))
        guard gathered.count == wanted else {
            // Fewer than four bytes behind the last block are not looked at.
            let ended = isLast && used == input.count && !inBlock
            return DecompressionStep(used: used, made: 0, state: ended ? .ended : .going)
        }
        if inBlock {
            let block = gathered
            return block.withUnsafeBytes { unpack($0, used: used, into: output) }
        }
        let length = gathered.little(UInt32.self, at: 0) ?? 0
        gathered.removeAll(keepingCapacity: true)
        if length == Self.magic { return DecompressionStep(used: used, made: 0, state: .going) }
        if length == 0 { return DecompressionStep(used: used, made: 0, state: .ended) }
        guard length <= longest else {
            return DecompressionStep(used: 0, made: 0, state: .damaged("a block of \(length) bytes"))
        }
        inBlock = true
        wanted = Int(length)
        gathered.reserveCapacity(wanted)
        return DecompressionStep(used: used, made: 0, state: .going)
    }

    private mutating func unpack(
        _ block: UnsafeRawBufferPointer, used: Int, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep {
        let made = LZ4_decompress_safe(
            block.baseAddress?.assumingMemoryBound(to: CChar.self),
            output.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(block.count), Int32(output.count))
        gathered.removeAll(keepingCapacity: true)
        inBlock = false
        wanted = 4
        guard made >= 0 else {
            return DecompressionStep(used: 0, made: 0, state: .damaged("a block is corrupt"))
        }
        return DecompressionStep(used: used, made: Int(made), state: .going)
    }
}
