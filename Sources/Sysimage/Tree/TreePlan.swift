import LibMount
import Storage

/// Which filesystem of an installed system belongs where: its root, then what its fstab names, in the order of their
/// paths. A pure function of the fstab and of what is on the disks.
package struct TreePlan: Sendable, Hashable {
    /// One directory of the tree and what is mounted on it.
    package struct Place: Sendable, Hashable {
        package enum Source: Sendable, Hashable {
            case volume(VolumeID, type: String)
            /// A directory of the tree itself.
            case bind(String)
        }
        /// Inside the root, "/" for the root itself.
        package var inside: String
        package var source: Source
        /// To be tried in order: as the installed system has it, then as every kernel takes it.
        package var attempts: [MountOptions]
        /// Of fstab; nil for the root and for a /boot that fstab does not know.
        package var line: Int?

        package var volume: VolumeID? {
            guard case .volume(let id, _) = source else { return nil }
            return id
        }
    }

    /// A line of fstab that is not mounted, with the reason.
    package struct Skipped: Codable, Sendable, Hashable {
        package var target: String
        package var line: Int
        package var reason: String
        /// The system would not come up without it either: worth telling.
        package var isMissing: Bool

        package init(target: String, line: Int, reason: String, isMissing: Bool = false) {
            self.target = target
            self.line = line
            self.reason = reason
            self.isMissing = isMissing
        }
    }

    /// Where a repair writes: boot files, the modules that images are made of, journals and what tools unpack.
    static let writtenTo: Set<String> = ["/boot", "/usr", "/var"]

    package private(set) var places: [Place]
    package private(set) var skipped: [Skipped] = []

    package var root: VolumeID? { places.first?.volume }
    /// The volumes in it, the root first.
    package var volumes: [VolumeID] {
        var seen: Set<VolumeID> = []
        return places.compactMap(\.volume).filter { seen.insert($0).inserted }
    }

    /// Plans the tree of the system on `root`.
    ///
    /// `boot` is the volume that holds its /boot in truth, where fstab names another one or none.
    package init(
        root: Volume, subvolume: String? = nil, fstab: [FstabEntry], boot: VolumeID? = nil, in map: StorageMap
    ) {
        let own = fstab.last { $0.target == "/" }
        places = [
            Place(
                inside: "/", source: .volume(root.id, type: root.signature?.type ?? "auto"),
                attempts: TreeOptions.attempts(
                    type: root.signature?.type, own: own?.options, subvolume: subvolume, writable: true))
        ]
        var found: [Place] = []
        for entry in fstab where entry.target != "/" {
            switch Self.place(for: entry, boot: boot, in: map) {
            case .success(let place)?:
                // Of two lines for one directory the later one lies on top.
                found.removeAll { $0.inside == place.inside }
                found.append(place)
            case .failure(let reason)?: skipped.append(reason.skipped)
            case nil: break
            }
        }
        if let boot, boot != root.id, !found.contains(where: { $0.inside == "/boot" }),
            let volume = map.volume(boot)
        {
            skipped.removeAll { $0.target == "/boot" }
            found.append(
                Place(
                    inside: "/boot", source: .volume(boot, type: volume.signature?.type ?? "auto"),
                    attempts: TreeOptions.attempts(type: volume.signature?.type, own: nil, writable: true)))
        }
        // A directory before what lies in it; the file's order among equals.
        places += found.enumerated().sorted {
            (Self.depth($0.element), $0.offset) < (Self.depth($1.element), $1.offset)
        }.map(\.element)
    }

    private static func depth(_ place: Place) -> Int { place.inside.split(separator: "/").count }

    private struct Reason: Error { var skipped: Skipped }

    private static func place(
        for entry: FstabEntry, boot: VolumeID?, in map: StorageMap
    ) -> Result<Place, Reason>? {
        func skip(_ reason: String, isMissing: Bool = false) -> Result<Place, Reason> {
            .failure(
                Reason(
                    skipped: Skipped(
                        target: entry.target, line: entry.line, reason: reason, isMissing: isMissing)))
        }
        if entry.isSwap || TreeOptions.kernelTypes.contains(entry.type) { return nil }
        guard entry.target.hasPrefix("/") else { return skip("'\(entry.target)' is no directory") }
        if entry.options.contains("bind") || entry.options.contains("rbind") {
            return .success(
                Place(inside: entry.target, source: .bind(entry.source), attempts: ["bind"], line: entry.line)
            )
        }
        if entry.options.contains("noauto") { return skip("it is not mounted at boot (noauto)") }
        if TreeOptions.isNetwork(entry) { return skip("it is on the network") }
        if entry.options.contains("loop") { return skip("it is a file, not a disk") }
        let isOptional = entry.options.contains("nofail")
        let isBoot = entry.target == "/boot"
        let volume: Volume
        if isBoot, let boot, let known = map.volume(boot) {
            volume = known
        } else {
            let named = map.named(by: entry)
            guard let only = named.first else {
                return skip(
                    "there is no \(entry.source)" + (isOptional ? " (nofail)" : ""), isMissing: !isOptional)
            }
            guard named.count == 1 else {
                return skip(
                    "\(entry.source) is on \(named.map(\.name).joined(separator: " and "))", isMissing: true)
            }
            volume = only
        }
        guard let type = volume.signature?.type, volume.signature?.isFilesystem == true else {
            return skip("there is no filesystem on \(volume.name)", isMissing: !isOptional)
        }
        // What is written in fstab is for the filesystem that fstab means.
        let own = type == entry.type || entry.type == "auto" ? entry.options : nil
        return .success(
            Place(
                inside: entry.target, source: .volume(volume.id, type: type),
                attempts: TreeOptions.attempts(
                    type: type, own: own, writable: isBoot || entry.target == "/boot/efi"),
                line: entry.line))
    }
}

extension StorageMap {
    /// The volumes that a line of fstab may mean.
    fileprivate func named(by entry: FstabEntry) -> [Volume] {
        guard let tag = entry.tag else { return volume(named: entry.source).map { [$0] } ?? [] }
        return switch tag.name {
        case .uuid: volumes(uuid: tag.value)
        case .label: volumes(label: tag.value)
        case .partitionUUID: volumes(partUUID: tag.value)
        case .partitionLabel: volumes(partLabel: tag.value)
        case .hardware: []
        }
    }
}
