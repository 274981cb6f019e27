import Bytes

/// A core image unpacked: the GRUB kernel and the modules linked to it, as they run.
struct DecodedCore {
    /// Kernel, then module area.
    var bytes: [UInt8] = []
    var area: ModuleArea?
    /// Bytes on disk without Reed-Solomon redundancy: the size of the core.img file it was made from.
    var size: Int?
    var damage: String?
    /// What its redundancy does to it before it is unpacked.
    var redundancy = CoreRedundancy.none
    /// The image as GRUB unpacks it: with everything right that the redundancy puts right.
    private(set) var image: [UInt8]

    // Where the fields of startup_raw.S lie behind the diskboot sector (include/grub/offsets.h).
    private enum Field {
        static let base = 512
        static let compressed = base + 0x08
        static let uncompressed = base + 0x0c
        static let redundancy = base + 0x10
        static let unprotected = base + 0x14
    }

    // startup_raw.S is loaded to 0x8200 and must end below 0x9000, where the stream follows.
    private static let largestDecompressor = 0x9000 - 0x8200
    // A core with every module there is stays below 1 MiB; whoever claims more is not believed.
    private static let largest: UInt32 = 4 << 20

    init(_ core: LoadedCore) {
        image = core.bytes
        guard let compressed: UInt32 = image.little(at: Field.compressed),
            let uncompressed: UInt32 = image.little(at: Field.uncompressed),
            let redundancy: UInt32 = image.little(at: Field.redundancy),
            let unprotected: UInt16 = image.little(at: Field.unprotected)
        else {
            damage = "it ends at byte \(image.count), before its decompressor"
            return
        }
        guard image[Field.base] == 0xea, compressed > 0, uncompressed > 0, uncompressed <= Self.largest else {
            damage = "there is no decompressor at byte \(Field.base)"
            return
        }
        guard Int(compressed) + Int(redundancy) <= image.count - Field.base else {
            damage = "its compressed part of \(compressed) bytes ends past its last sector"
            return
        }
        let unpadded = image.count - Int(redundancy)
        // What puts right is not protected itself, and its length is stored behind it.
        if redundancy > 0, Field.base + Int(unprotected) < unpadded {
            self.redundancy = CoreRedundancy.mend(
                &image, data: (Field.base + Int(unprotected))..<unpadded)
        }
        guard self.redundancy != .fails else {
            damage = "more of it is overwritten than its redundancy of \(redundancy) bytes can put right"
            return
        }
        let starts = Self.streamStarts(
            in: image, end: unpadded, compressed: Int(compressed), isExact: redundancy > 0)
        var best = 0
        for start in starts {
            let stream = image[start..<(start + Int(compressed))]
            guard let decoded = RawLZMA()?.decode(stream, size: Int(uncompressed)) else { continue }
            best = max(best, decoded.count)
            guard decoded.count == Int(uncompressed) else { continue }
            guard let area = ModuleArea(parsing: decoded) else { continue }
            bytes = decoded
            self.area = area
            size = start + Int(compressed)
            damage = area.damage
            return
        }
        damage =
            best == Int(uncompressed)
            ? "the module area of the unpacked core is damaged"
            : "its LZMA stream breaks off after \(best) of \(uncompressed) bytes"
    }

    /// Where the LZMA stream may begin.
    ///
    /// Nothing stores it. With redundancy the end of the core is known to the byte, and with it the start; without,
    /// the end lies somewhere in the last sector: the decompressor's size is a multiple of 16 and every stream of
    /// this coder begins with a zero.
    private static func streamStarts(in image: [UInt8], end: Int, compressed: Int, isExact: Bool) -> [Int] {
        let latest = end - compressed
        let plausible = (Field.base + 32)...(Field.base + largestDecompressor)
        let candidates =
            isExact ? [latest] : Array((max(0, latest - LoadedCore.sectorSize)...max(0, latest)).reversed())
        return candidates.filter { start in
            plausible.contains(start) && (isExact || start % 16 == 0) && start + compressed <= image.count
                && image[start] == 0
        }
    }
}
