/// What GRUB does to a core image before it unpacks it: its Reed-Solomon redundancy puts right what was overwritten.
///
/// Other software writes into the sectors behind the boot record too; a core in the embedding area therefore has as much
/// redundancy behind it as there is room for (util/setup.c). It covers all but the code that puts right
/// (grub-core/boot/i386/pc/startup_raw.S).
enum CoreRedundancy: Equatable {
    /// There is none, or so much of it is zeros that GRUB passes it over.
    case none
    case whole
    /// It puts right what is wrong in this many of the image's sectors.
    case mends(sectors: Int)
    /// More is wrong than it can put right, and it makes the image worse.
    case fails

    private static let sector = LoadedCore.sectorSize
    // A run of sectors is cut so that each of its columns, data and redundancy, is a word of 200 symbols at most.
    private static let largestRun = 200

    /// Puts the `data` bytes of an image right, whose redundancy is all that follows them.
    static func mend(_ image: inout [UInt8], data: Range<Int>) -> CoreRedundancy {
        guard data.lowerBound >= 0, !data.isEmpty, data.upperBound < image.count else { return .none }
        // GRUB takes zeros at the end for redundancy that was never written.
        let zeros = image[data.upperBound...].reversed().prefix { $0 == 0 }.count
        guard zeros <= (image.count - data.upperBound) / 2 else { return .none }
        let code = ReedSolomon()
        var wrong: Set<Int> = []
        for run in runs(data, end: image.count) {
            for column in 0..<sector {
                let places = run.places(column)
                var word = places.map { image[$0] }
                guard let errors = code.correct(&word, redundancy: run.redundant(column)) else {
                    return .fails
                }
                for error in errors {
                    image[places[error]] = word[error]
                    wrong.insert(places[error] / sector)
                }
            }
        }
        return wrong.isEmpty ? .whole : .mends(sectors: wrong.count)
    }

    private struct Run {
        var data: Range<Int>
        var redundancy: Range<Int>

        /// Where the symbols of one column lie: one a sector, the redundant ones last.
        func places(_ column: Int) -> [Int] {
            [data, redundancy].flatMap {
                Array(stride(from: $0.lowerBound + column, to: $0.upperBound, by: CoreRedundancy.sector))
            }
        }

        func redundant(_ column: Int) -> Int {
            max(0, redundancy.count + CoreRedundancy.sector - 1 - column) / CoreRedundancy.sector
        }
    }

    private static func runs(_ data: Range<Int>, end: Int) -> [Run] {
        var runs: [Run] = []
        var (start, redundancyStart) = (data.lowerBound, data.upperBound)
        while start < data.upperBound {
            var (count, redundant) = (data.upperBound - start, end - redundancyStart)
            let total = count + redundant
            if total > largestRun * sector {
                count = count * largestRun / total * sector
                redundant = redundant * largestRun / total * sector
            }
            // Hardly any data beside much redundancy: no core is made like that.
            guard count > 0 else { return [] }
            runs.append(
                Run(
                    data: start..<(start + count),
                    redundancy: redundancyStart..<(redundancyStart + redundant)))
            start += count
            redundancyStart += redundant
        }
        return runs
    }
}
