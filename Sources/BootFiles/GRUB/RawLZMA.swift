import CLzma

/// Decoder of the bare LZMA1 stream inside a core image: no header, no end marker, the size known from elsewhere.
struct RawLZMA: ~Copyable {
    private var stream: lzma_stream

    // lc=3 lp=0 pb=2 and a dictionary of 64 KiB are fixed by grub-mkimage (util/mkimage.c, compress_kernel_lzma).
    init?() {
        stream = lzma_stream()
        var options = lzma_options_lzma()
        guard lzma_lzma_preset(&options, 6) == 0 else { return nil }
        options.dict_size = 1 << 16
        options.lc = 3
        options.lp = 0
        options.pb = 2
        // LZMA_FILTER_LZMA1 and LZMA_VLI_UNKNOWN, whose macros the importer cannot read (lzma/lzma12.h, lzma/vli.h).
        let chain: [(id: lzma_vli, isLast: Bool)] = [(0x4000_0000_0000_0001, false), (lzma_vli.max, true)]
        let result = withUnsafeMutablePointer(to: &options) { options in
            let filters = chain.map {
                lzma_filter(id: $0.id, options: $0.isLast ? nil : UnsafeMutableRawPointer(options))
            }
            return lzma_raw_decoder(&stream, filters)
        }
        guard result == LZMA_OK else { return nil }
    }

    /// The first `size` bytes that `input` decodes to; fewer where the stream is damaged or ends early.
    consuming func decode(_ input: ArraySlice<UInt8>, size: Int) -> [UInt8] {
        input.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: size) { output, count in
                stream.next_in = input.baseAddress
                stream.avail_in = input.count
                stream.next_out = output.baseAddress
                stream.avail_out = output.count
                while stream.avail_out > 0 {
                    guard lzma_code(&stream, LZMA_RUN) == LZMA_OK else { break }
                }
                count = output.count - stream.avail_out
            }
        }
    }

    deinit {
        var stream = stream
        lzma_end(&stream)
    }
}
