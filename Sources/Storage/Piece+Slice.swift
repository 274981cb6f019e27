/// Arithmetic on runs of bytes: all of it survives numbers that a broken disk made up.
extension [Piece] {
    /// Bytes in all.
    package var length: UInt64 {
        reduce(0) { sum, piece in
            let (total, overflow) = sum.addingReportingOverflow(piece.length)
            return overflow ? .max : total
        }
    }

    /// `count` bytes from `offset` bytes into these, or nil where they do not all exist.
    func slice(at offset: UInt64, count: UInt64) -> [Piece]? {
        guard count > 0 else { return nil }
        var skip = offset
        var wanted = count
        var result: [Piece] = []
        for piece in self where wanted > 0 {
            guard skip < piece.length else {
                skip -= piece.length
                continue
            }
            let (start, overflow) = piece.offset.addingReportingOverflow(skip)
            guard !overflow else { return nil }
            let length = Swift.min(piece.length - skip, wanted)
            result.append(Piece(disk: piece.disk, offset: start, length: length))
            wanted -= length
            skip = 0
        }
        return wanted == 0 ? result : nil
    }

    /// Puts `more` behind these; runs that touch on the disk become one, which a loop device can then map.
    mutating func join(_ more: [Piece]) {
        for piece in more {
            if let last, last.disk == piece.disk, last.offset &+ last.length == piece.offset {
                self[count - 1].length &+= piece.length
            } else {
                append(piece)
            }
        }
    }
}
