import CBzip2

/// bzip2, one stream, its CRCs checked by libbz2.
struct Bzip2: Decompressor, ~Copyable {
    static var name: String { "bzip2" }

    private let stream: UnsafeMutablePointer<bz_stream>
    private let isUsable: Bool

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: bz_stream())
        isUsable = BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK
    }

    deinit {
        BZ2_bzDecompressEnd(stream)
        stream.deallocate()
    }

    mutating func step(
        _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep {
        guard isUsable else {
            return DecompressionStep(used: 0, made: 0, state: .tooLarge("bzip2 without memory"))
        }
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
        stream.pointee.avail_in = UInt32(clamping: input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
        stream.pointee.avail_out = UInt32(clamping: output.count)
        let state: DecompressionStep.State =
            switch BZ2_bzDecompress(stream) {
            case BZ_OK: .going
            case BZ_STREAM_END: .ended
            case BZ_MEM_ERROR: .tooLarge("bzip2 without memory")
            default: .damaged("compressed data are corrupt")
            }
        return DecompressionStep(
            used: input.count - Int(stream.pointee.avail_in),
            made: output.count - Int(stream.pointee.avail_out),
            state: state)
    }
}
