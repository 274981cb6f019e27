/// An archive as it comes out of a decompressor, a buffer at a time.
struct UnpackedBytes<Method: Decompressor & ~Copyable>: ArchiveBytes, ~Copyable {
    private let pieces: ImagePieces
    private var method: Method
    private let buffer: UnsafeMutableRawBufferPointer
    /// What of `buffer` is there and not used up.
    private var ready = 0..<0
    /// Bytes given out and thrown away so far.
    private(set) var position: UInt64 = 0
    private var hasEnded = false

    init(_ pieces: ImagePieces, _ method: consuming Method) {
        self.pieces = pieces
        buffer = .allocate(byteCount: Method.bufferSize, alignment: 16)
        self.method = method
    }

    deinit { buffer.deallocate() }

    var imageOffset: UInt64 { pieces.offset }
    var isCompressed: Bool { true }

    mutating func take<Result>(
        _ count: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(Interruption) -> Result? {
        if ready.count >= count {
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[ready.prefix(count)])
            use(count)
            return body(bytes)
        }
        var gathered: [UInt8] = []
        while gathered.count < count {
            guard try refill() else { return nil }
            let part = ready.prefix(count - gathered.count)
            gathered.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[part]))
            use(part.count)
        }
        return gathered.withUnsafeBytes(body)
    }

    mutating func skip(_ count: UInt64) throws(Interruption) -> Bool {
        var left = count
        while left > 0 {
            guard try refill() else { return false }
            let part = Int(min(left, UInt64(ready.count)))
            use(part)
            left -= UInt64(part)
        }
        return true
    }

    mutating func nextAfterNULs() throws(Interruption) -> UInt8? {
        while try refill() {
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[ready])
            let count = bytes.countOfLeadingNULs
            use(count)
            if count < bytes.count { return bytes[count] }
        }
        return nil
    }

    private mutating func use(_ count: Int) {
        ready = ready.lowerBound + count..<ready.upperBound
        position += UInt64(count)
    }

    /// Decompresses until there is something; false where the stream has ended.
    private mutating func refill() throws(Interruption) -> Bool {
        guard ready.isEmpty else { return true }
        // What is unpacked lies in memory when it is used: more than this, no machine that boots from it has.
        guard pieces.unpacked < 8 << 30 else {
            throw .notLookedInto("more than 8 GiB of unpacked data")
        }
        while !hasEnded {
            let output = buffer
            let (step, isLast) = try pieces.use { input, isLast in
                let step = method.step(input, isLast: isLast, into: output)
                return (used: step.used, (step, isLast))
            }
            switch step.state {
            case .going:
                guard step.made == 0, step.used == 0 else { break }
                let reason = isLast ? "the data end in the middle" : "the data make no sense"
                let kind: InitramfsFacts.Damage.Kind = isLast ? .truncated : .corrupt
                throw .damage(.init(kind: kind, reason: "\(Method.name): \(reason)", offset: pieces.offset))
            case .ended: hasEnded = true
            case .damaged(let reason):
                throw .damage(.init(reason: "\(Method.name): \(reason)", offset: pieces.offset))
            case .tooLarge(let what): throw .notLookedInto(what)
            }
            ready = 0..<min(step.made, buffer.count)
            pieces.unpacked += UInt64(ready.count)
            if !ready.isEmpty { return true }
        }
        return false
    }
}
