import CZstd

/// zstd, one frame.
struct Zstd: Decompressor, ~Copyable {
    static var name: String { "zstd" }
    // ZSTD_DStreamOutSize: a whole block at a time.
    static var bufferSize: Int { 128 << 10 }
    /// The kernel's own limit (lib/decompress_unzstd.c, ZSTD_WINDOWSIZE_MAX): 2 to the 27th.
    static var windowLimit: Int { 27 }

    private let context: OpaquePointer?

    init() {
        context = ZSTD_createDCtx()
        if let context { ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(Self.windowLimit)) }
    }

    deinit { ZSTD_freeDCtx(context) }

    mutating func step(
        _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep {
        guard let context else {
            return DecompressionStep(used: 0, made: 0, state: .tooLarge("zstd without memory"))
        }
        var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var to = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let result = ZSTD_decompressStream(context, &to, &from)
        var state = result == 0 ? DecompressionStep.State.ended : .going
        if ZSTD_isError(result) != 0 {
            state =
                switch ZSTD_getErrorCode(result) {
                case ZSTD_error_frameParameter_windowTooLarge:
                    .tooLarge(Self.windowText(input) + ", more than the kernel unpacks")
                case ZSTD_error_memory_allocation: .tooLarge("zstd without memory")
                default: .damaged(String(cString: ZSTD_getErrorName(result)))
                }
        }
        return DecompressionStep(used: from.pos, made: to.pos, state: state)
    }

    // RFC 8878, 3.1.1.1: magic, frame header descriptor, then the window descriptor unless "single segment".
    private static func windowText(_ input: UnsafeRawBufferPointer) -> String {
        guard input.count > 5, input[4] & 0x20 == 0 else { return "zstd window of more than 128 MiB" }
        let base = UInt64(1) << (10 + UInt64(input[5] >> 3))
        return "zstd window of \((base + base / 8 * UInt64(input[5] & 7)) >> 20) MiB"
    }
}
