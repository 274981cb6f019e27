import Machine

/// Reads an initramfs without unpacking it anywhere, as the kernel does: archives, compressed or not, with NUL bytes
/// between them (init/initramfs.c, unpack_to_rootfs).
package enum InitramfsReader {
    /// What is in the image. Damage is part of the answer; only a source that cannot be read at all throws.
    package static func read(_ source: some ByteSource) throws(SystemError) -> InitramfsFacts {
        let pieces = ImagePieces(source)
        var contents = InitramfsContents()
        var segments: [InitramfsSegment] = []
        var damage: InitramfsFacts.Damage?
        do throws(Interruption) {
            try segment(pieces, &contents, &segments)
        } catch {
            switch error {
            case .damage(let found): damage = found
            case .notLookedInto(let what): contents.noteNotLookedInto(what)
            case .failed(let error): throw error
            }
        }
        var facts = contents.finished()
        facts.segments = segments
        facts.damage = damage
        return facts
    }

    private static func segment(
        _ pieces: ImagePieces, _ contents: inout InitramfsContents, _ segments: inout [InitramfsSegment]
    ) throws(Interruption) {
        var lastIsWhole = true
        while try pieces.skipNULs() {
            let start = pieces.offset
            let before = contents.entries
            let magic = try pieces.peek(InitramfsCompression.magicSize)
            guard let compression = InitramfsCompression(magic) else {
                throw unrecognised(
                    after: segments, whole: lastIsWhole, hasInit: contents.facts.hasInit, at: start)
            }
            segments.append(
                InitramfsSegment(
                    offset: start, compression: compression.name, refused: compression.refusal(magic)))
            defer {
                segments[segments.count - 1].size = pieces.offset - start
                segments[segments.count - 1].entries = contents.entries - before
            }
            guard segments.count <= mostSegments else {
                throw .notLookedInto("more than \(mostSegments) archives")
            }
            lastIsWhole = try walk(compression, pieces, &contents)
        }
        if segments.isEmpty {
            let reason = pieces.size == 0 ? "the file is empty" : "the file holds nothing but NUL bytes"
            throw .damage(.init(kind: .empty, reason: reason, offset: 0))
        }
    }

    /// Real images have one to four.
    private static var mostSegments: Int { 64 }

    private static func walk(
        _ compression: InitramfsCompression, _ pieces: ImagePieces, _ contents: inout InitramfsContents
    ) throws(Interruption) -> Bool {
        switch compression {
        case .none:
            var bytes = PlainBytes(pieces)
            return try CpioArchive.walk(&bytes, into: &contents)
        case .gzip: return try walk(unpacking: Gzip(), pieces, &contents)
        case .bzip2: return try walk(unpacking: Bzip2(), pieces, &contents)
        case .lzma: return try walk(unpacking: Lzma<LzmaAloneFormat>(), pieces, &contents)
        case .xz: return try walk(unpacking: Lzma<XzFormat>(), pieces, &contents)
        case .lz4Legacy: return try walk(unpacking: Lz4Legacy(), pieces, &contents)
        case .lz4Frame: return try walk(unpacking: Lz4Frame(), pieces, &contents)
        case .zstd: return try walk(unpacking: Zstd(), pieces, &contents)
        case .foreign(let what): throw .notLookedInto(what)
        }
    }

    private static func walk<Method: Decompressor & ~Copyable>(
        unpacking method: consuming Method, _ pieces: ImagePieces, _ contents: inout InitramfsContents
    ) throws(Interruption) -> Bool {
        var bytes = UnpackedBytes(pieces, method)
        return try CpioArchive.walk(&bytes, into: &contents)
    }

    private static func unrecognised(
        after segments: [InitramfsSegment], whole: Bool, hasInit: Bool, at offset: UInt64
    ) -> Interruption {
        if segments.isEmpty {
            return .damage(.init(reason: "the file does not begin as an initramfs does", offset: offset))
        }
        guard whole else { return .damage(.init(reason: "no cpio header where one belongs", offset: offset)) }
        let reason = "something that is no archive follows the last one"
        // Behind an early archive alone it is what was the main one.
        guard hasInit else { return .damage(.init(reason: reason, offset: offset)) }
        return .damage(.init(kind: .trailing, reason: reason, offset: offset))
    }
}
