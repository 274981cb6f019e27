/// Works out where on the disks a logical volume lies.
struct LogicalVolumeMapping {
    let group: VolumeGroup
    /// The devices under the group's physical volumes.
    let volumes: [VolumeID: Volume]
    private let logical: [String: LogicalVolume]
    private let physical: [String: PhysicalVolume]
    /// Volumes that hold the differences of a snapshot.
    private let stores: Set<String>

    init(group: VolumeGroup, volumes: [VolumeID: Volume]) {
        self.group = group
        self.volumes = volumes
        logical = Dictionary(group.logicalVolumes.map { ($0.name, $0) }) { first, _ in first }
        physical = Dictionary(group.physicalVolumes.map { ($0.name, $0) }) { first, _ in first }
        stores = Set(
            group.logicalVolumes.flatMap(\.segments).filter { $0.type == "snapshot" }.flatMap(\.images))
    }

    /// Either where it lies, or why that cannot be told.
    enum Result: Hashable {
        case copies([Copy])
        case unmapped(String)
    }

    // LVM stacks raid over integrity over linear; more than this is a loop.
    private static let deepest = 8
    // Segments and pieces that are looked at for one volume: metadata may refer to itself many times over.
    private static let mostWork = 16384
    static let mostCopies = 64

    func copies(of volume: LogicalVolume) -> Result {
        var work = Self.mostWork
        return map(volume, depth: 0, &work)
    }

    /// Bytes.
    func size(of volume: LogicalVolume) -> UInt64 {
        let extents = volume.segments.reduce(UInt64(0)) { $0 &+ $1.count }
        let (bytes, overflow) = extents.multipliedReportingOverflow(by: group.extentSize)
        return overflow ? 0 : bytes
    }

    /// Where the metadata sub-volumes of raids lie, by their place in the group's list.
    var raidMetadata: [(index: Int, pieces: [Piece])] {
        let names = Set(
            group.logicalVolumes.flatMap(\.segments).filter { $0.type.hasPrefix("raid") }.flatMap(\.metadata))
        return group.logicalVolumes.indices.compactMap { index in
            guard names.contains(group.logicalVolumes[index].name),
                case .copies(let copies) = copies(of: group.logicalVolumes[index]), let copy = copies.first
            else { return nil }
            return (index, copy.pieces)
        }
    }

    private func map(_ volume: LogicalVolume, depth: Int, _ work: inout Int) -> Result {
        guard depth < Self.deepest else { return .unmapped("its metadata refers to itself") }
        if stores.contains(volume.name) { return .unmapped("snapshot") }
        var expected: UInt64 = 0
        var parts: [[Copy]] = []
        for segment in volume.segments {
            guard segment.start == expected else { return .unmapped("its segments leave a gap") }
            expected = expected &+ segment.count
            switch map(segment, depth: depth, &work) {
            case .copies(let copies): parts.append(copies)
            case .unmapped(let reason): return .unmapped(reason)
            }
        }
        guard !parts.isEmpty else { return .unmapped("it has no segments") }
        return .copies(Copy.joining(parts))
    }

    private func map(_ segment: LogicalVolume.Segment, depth: Int, _ work: inout Int) -> Result {
        work -= 1
        guard work > 0 else { return .unmapped("it is made of more than \(Self.mostWork) pieces") }
        switch segment.type {
        case "striped", "linear":
            guard segment.stripes.count == 1, let stripe = segment.stripes.first else {
                return .unmapped("striped over \(segment.stripes.count)")
            }
            return area(stripe, segment.count, depth: depth, &work)
        case "raid1", "mirror": return mirror(segment, segment.judgements(logical), depth, &work)
        default: return .unmapped(segment.type)
        }
    }

    private func mirror(
        _ segment: LogicalVolume.Segment, _ judgement: [HalfJudgement], _ depth: Int, _ work: inout Int
    ) -> Result {
        var copies: [Copy] = []
        var reasons: [String] = []
        for (name, judgement) in zip(segment.images, judgement) {
            guard let image = logical[name] else { continue }
            switch map(image, depth: depth + 1, &work) {
            case .copies(let found):
                copies += found.compactMap { copy in
                    // The image may be longer than the part of it that this segment shows.
                    length(segment.count).flatMap { copy.pieces.slice(at: 0, count: $0) }
                        .map { copy.worsened(to: judgement.currency, judgement.reason, pieces: $0) }
                }
            case .unmapped(let reason): reasons.append(reason)
            }
        }
        guard !copies.isEmpty else { return .unmapped(reasons.first ?? "none of its images can be found") }
        return .copies(Array(copies.prefix(Self.mostCopies)))
    }

    /// A run of extents on a physical volume, or on another logical volume.
    private func area(_ stripe: LogicalVolume.Stripe, _ extents: UInt64, depth: Int, _ work: inout Int)
        -> Result
    {
        let under: [Copy]
        let start: UInt64
        if let physical = physical[stripe.physicalVolume] {
            guard let device = physical.device else {
                return .unmapped("its physical volume \(physical.name) is missing (\(physical.uuid))")
            }
            guard let volume = volumes[device], !volume.copies.isEmpty else {
                return .unmapped("it lies on \(device), whose place on the disks is not known")
            }
            under = volume.copies
            start = physical.dataStart
        } else if let volume = logical[stripe.physicalVolume] {
            switch map(volume, depth: depth + 1, &work) {
            case .copies(let copies): under = copies
            case .unmapped(let reason): return .unmapped(reason)
            }
            start = 0
        } else {
            return .unmapped("\(stripe.physicalVolume) is not in its volume group")
        }
        guard let before = length(stripe.extent), let size = length(extents) else {
            return .unmapped("its extents lie past any disk's end")
        }
        let (offset, overflow) = start.addingReportingOverflow(before)
        work -= under.reduce(0) { $0 + $1.pieces.count }
        let (currency, reason) = trust(in: stripe.physicalVolume)
        let copies = under.compactMap { copy in
            copy.pieces.slice(at: offset, count: size).map { copy.worsened(to: currency, reason, pieces: $0) }
        }
        guard !overflow, !copies.isEmpty else {
            return .unmapped("its extents lie past the end of \(stripe.physicalVolume)")
        }
        return .copies(copies)
    }

    private func length(_ extents: UInt64) -> UInt64? {
        let (bytes, overflow) = extents.multipliedReportingOverflow(by: group.extentSize)
        return overflow ? nil : bytes
    }

    /// A physical volume that came back after a change was made without it keeps its MISSING flag, and LVM does not use
    /// what lies on it until `vgextend --restoremissing`.
    private func trust(in name: String) -> (currency: Copy.Currency, reason: String?) {
        guard let physical = physical[name], physical.flags.contains("MISSING") else {
            return (.current, nil)
        }
        return (.stale, "volume group \(group.name) went on without its physical volume \(name)")
    }
}
