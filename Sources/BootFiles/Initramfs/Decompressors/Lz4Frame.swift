import CLz4

/// The lz4 frame that `lz4` writes by default and the kernel does not know.
struct Lz4Frame: Decompressor, ~Copyable {
    static var name: String { "lz4 frame" }

    private let context: OpaquePointer?

    init() {
        var context: OpaquePointer?
        let result = LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
        self.context = LZ4F_isError(result) == 0 ? context : nil
    }

    deinit { LZ4F_freeDecompressionContext(context) }

    mutating func step(
        _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep {
        guard let context else {
            return DecompressionStep(used: 0, made: 0, state: .tooLarge("lz4 without memory"))
        }
        var used = input.count
        var made = output.count
        let result = LZ4F_decompress(context, output.baseAddress, &made, input.baseAddress, &used, nil)
        guard LZ4F_isError(result) == 0 else {
            return DecompressionStep(
                used: 0, made: 0, state: .damaged(String(cString: LZ4F_getErrorName(result))))
        }
        return DecompressionStep(used: used, made: made, state: result == 0 ? .ended : .going)
    }
}
