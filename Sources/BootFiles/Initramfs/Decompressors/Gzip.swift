import CZlib

/// gzip (RFC 1952), one member, its CRC and length checked by zlib.
struct Gzip: Decompressor, ~Copyable {
    static var name: String { "gzip" }

    // inflate() keeps the address of its z_stream and refuses a moved one, so it lies on the heap.
    private let stream: UnsafeMutablePointer<z_stream>
    private let isUsable: Bool

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 for "gzip header" (zlib.h, inflateInit2).
        isUsable = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    mutating func step(
        _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep {
        guard isUsable else {
            return DecompressionStep(used: 0, made: 0, state: .tooLarge("gzip without memory"))
        }
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(clamping: input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: output.count)
        let result = inflate(stream, Z_NO_FLUSH)
        let state: DecompressionStep.State =
            switch result {
            // Z_BUF_ERROR is "no progress this time" (zlib.h), which the caller judges.
            case Z_OK, Z_BUF_ERROR: .going
            case Z_STREAM_END: .ended
            case Z_MEM_ERROR: .tooLarge("gzip without memory")
            default: .damaged(stream.pointee.msg.map { String(cString: $0) } ?? "inflate error \(result)")
            }
        return DecompressionStep(
            used: input.count - Int(stream.pointee.avail_in),
            made: output.count - Int(stream.pointee.avail_out),
            state: state)
    }
}
