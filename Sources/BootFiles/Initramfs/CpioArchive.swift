/// Walks the entries of a cpio archive as the kernel does when it unpacks one (init/initramfs.c).
enum CpioArchive {
    /// Hands each entry to `contents`. A plain archive is left behind its TRAILER!!! or where no entry follows, a
    /// compressed one at the end of its stream. Answers whether the TRAILER!!! was there.
    static func walk<Bytes: ArchiveBytes & ~Copyable>(
        _ bytes: inout Bytes, into contents: inout InitramfsContents
    ) throws(Interruption) -> Bool {
        var sawTrailer = false
        let before = contents.entries
        while let first = try bytes.nextAfterNULs() {
            guard first == UInt8(ascii: "0") else {
                if !bytes.isCompressed { return false }
                let reason =
                    contents.entries == before
                    ? "what is compressed is no cpio archive"
                    : "something else than an entry, within the archive"
                throw .damage(.init(reason: reason, offset: bytes.imageOffset))
            }
            guard bytes.position % 4 == 0 else {
                throw .damage(
                    .init(reason: "an entry that is not aligned to four bytes", offset: bytes.imageOffset))
            }
            guard !contents.isOverfull else { throw .notLookedInto("more files than an initramfs has") }
            sawTrailer = try entry(&bytes, into: &contents) == .trailer
            if sawTrailer, !bytes.isCompressed { return true }
        }
        // The kernel does without it; but nothing else tells that the program writing the archive got to its end.
        guard sawTrailer else {
            let reason = "the archive ends without its TRAILER!!! entry"
            throw .damage(.init(kind: .noTrailer, reason: reason, offset: bytes.imageOffset))
        }
        return true
    }

    private enum Entry { case file, trailer }

    private static func entry<Bytes: ArchiveBytes & ~Copyable>(
        _ bytes: inout Bytes, into contents: inout InitramfsContents
    ) throws(Interruption) -> Entry {
        let offset = bytes.imageOffset
        let parsed = try bytes.take(CpioHeader.size) { bytes in
            Result { () throws(CpioHeader.Flaw) in try CpioHeader(bytes) }
        }
        guard let parsed else { throw cut("the header of an entry", bytes.imageOffset) }
        let header: CpioHeader
        do { header = try parsed.get() } catch {
            throw .damage(.init(reason: text(of: error), offset: offset))
        }

        // PATH_MAX; the kernel steps over entries with longer names or none.
        guard header.nameSize > 0, header.nameSize <= 4096 else {
            let length = UInt64(header.paddedNameSize) + UInt64(header.bodySize) + header.bodyPadding
            guard try bytes.skip(length) else { throw cut("an entry", bytes.imageOffset) }
            return .file
        }
        let wanted = try bytes.take(header.paddedNameSize) { name in
            contents.begin(header, name: UnsafeRawBufferPointer(rebasing: name[..<Int(header.nameSize)]))
        }
        guard let wanted else { throw cut("the name of an entry", bytes.imageOffset) }
        switch wanted {
        case .trailer:
            guard try bytes.skip(UInt64(header.bodySize) + header.bodyPadding) else {
                throw cut("the TRAILER!!! entry", bytes.imageOffset)
            }
            return .trailer
        case .nothing:
            guard try bytes.skip(UInt64(header.bodySize)) else { throw cut("a file", bytes.imageOffset) }
        case .body:
            let taken: Void? = try bytes.take(Int(header.bodySize)) { contents.body($0) }
            guard taken != nil else { throw cut("a file", bytes.imageOffset) }
        }
        // The last entry of a file that was cut to its length may lack the padding; nothing is lost with it.
        _ = try bytes.skip(header.bodyPadding)
        return .file
    }

    private static func cut(_ what: String, _ offset: UInt64) -> Interruption {
        .damage(.init(kind: .truncated, reason: "the archive ends within \(what)", offset: offset))
    }

    private static func text(of flaw: CpioHeader.Flaw) -> String {
        switch flaw {
        case .notNewc: "no cpio header where one belongs"
        case .oldFormat: "a cpio archive of the old format, which the kernel does not read"
        case .notHexadecimal: "a cpio header with fields that are no numbers"
        }
    }
}
