import CLzma

/// xz, or the older LZMA format that has no magic ("LZMA alone"), by liblzma.
struct Lzma<Format: LzmaFormat>: Decompressor, ~Copyable {
    static var name: String { Format.name }

    private let stream: UnsafeMutablePointer<lzma_stream>
    private let opened: lzma_ret

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: lzma_stream())
        opened = Format.open(stream)
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
    }

    mutating func step(
        _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep {
        guard opened == LZMA_OK else {
            return DecompressionStep(used: 0, made: 0, state: .tooLarge("\(Self.name) without memory"))
        }
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = input.count
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = output.count
        let state: DecompressionStep.State =
            switch lzma_code(stream, LZMA_RUN) {
            // LZMA_BUF_ERROR is "no progress this time" (lzma/base.h), which the caller judges.
            case LZMA_OK, LZMA_BUF_ERROR: .going
            case LZMA_STREAM_END: .ended
            case LZMA_MEM_ERROR: .tooLarge("\(Self.name) without memory")
            case LZMA_MEMLIMIT_ERROR:
                .tooLarge(
                    "\(Self.name) data that need \((lzma_memusage(stream) + 1 << 20 - 1) >> 20) MiB to unpack"
                )
            case LZMA_FORMAT_ERROR: .damaged("this is no \(Self.name) header")
            case LZMA_OPTIONS_ERROR: .damaged("the header asks for options that do not exist")
            default: .damaged("compressed data are corrupt")
            }
        return DecompressionStep(
            used: input.count - stream.pointee.avail_in, made: output.count - stream.pointee.avail_out,
            state: state)
    }
}

/// What the two formats of liblzma differ in.
protocol LzmaFormat {
    static var name: String { get }
    static func open(_ stream: UnsafeMutablePointer<lzma_stream>) -> lzma_ret
}

extension LzmaFormat {
    /// Twice the 64 MiB window of `xz -9`, the largest preset.
    static var memoryLimit: UInt64 { 160 << 20 }
}

/// The xz format, one stream; the integrity check is verified.
enum XzFormat: LzmaFormat {
    static var name: String { "xz" }
    static func open(_ stream: UnsafeMutablePointer<lzma_stream>) -> lzma_ret {
        lzma_stream_decoder(stream, memoryLimit, 0)
    }
}

/// What `lzma` and `xz --format=lzma` write: no integrity check at all.
enum LzmaAloneFormat: LzmaFormat {
    static var name: String { "lzma" }
    static func open(_ stream: UnsafeMutablePointer<lzma_stream>) -> lzma_ret {
        lzma_alone_decoder(stream, memoryLimit)
    }
}
