/// One way of compressing, as its library does it: some input in, some output out, until the stream ends.
protocol Decompressor: ~Copyable {
    /// What messages call it.
    static var name: String { get }
    /// The output buffer it wants, which is empty at every step.
    static var bufferSize: Int { get }
    /// Takes what it can of `input`, writes what it can to `output`. `isLast` says that nothing comes after `input`.
    mutating func step(
        _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep
}

extension Decompressor where Self: ~Copyable {
    static var bufferSize: Int { 256 << 10 }
}

/// What one call of a decompressor came to.
struct DecompressionStep {
    enum State {
        case going
        /// The stream is whole; what follows in the file is something else.
        case ended
        case damaged(String)
        /// It would need more memory than an initramfs is worth.
        case tooLarge(String)
    }

    /// Bytes of input used up.
    var used: Int
    /// Bytes of output written.
    var made: Int
    var state: State
}
