extension VolumeGroup {
    /// The volume group that a metadata text describes; nil where the text describes none.
    ///
    /// Keys and flags: lib/format_text/{export,import_vsn1,flags}.c of lvm2. Numbers of sectors become bytes.
    package init?(_ text: LVMText) {
        guard let (name, group) = text.sections.first(where: { $0.section.string("id") != nil }),
            let id = group.string("id"), let seqno = group.integer("seqno"), seqno >= 0,
            let extentSize = group.bytes("extent_size"), extentSize > 0
        else { return nil }
        self.init(
            id: id, name: name, seqno: Int(seqno), extentSize: extentSize,
            systemID: group.string("system_id"), lockType: group.string("lock_type"),
            flags: group.strings("status") + group.strings("flags"),
            physicalVolumes: group.section("physical_volumes")?.sections.compactMap(PhysicalVolume.init)
                ?? [],
            logicalVolumes: group.section("logical_volumes")?.sections.compactMap(LogicalVolume.init) ?? [])
    }
}

extension PhysicalVolume {
    fileprivate init?(_ name: String, _ text: LVMText) {
        guard let uuid = text.string("id"), let start = text.bytes("pe_start") else { return nil }
        self.init(
            name: name, uuid: uuid, hint: text.string("device"),
            flags: text.strings("status") + text.strings("flags"), dataStart: start,
            extentCount: text.count("pe_count") ?? 0)
    }
}

extension LogicalVolume {
    fileprivate init?(_ name: String, _ text: LVMText) {
        guard let id = text.string("id") else { return nil }
        self.init(
            id: id, name: name, flags: text.strings("status") + text.strings("flags"),
            segments: text.sections.filter { $0.name.hasPrefix("segment") }.compactMap { Segment($0.section) }
                .sorted { $0.start < $1.start })
    }
}

extension LogicalVolume.Segment {
    fileprivate init?(_ text: LVMText) {
        guard let start = text.count("start_extent"), let count = text.count("extent_count"),
            let type = text.string("type")
        else { return nil }
        self.init(start: start, count: count, type: type)
        stripes = text.pairs("stripes")
        switch type {
        case "mirror":
            images = text.pairs("mirrors").map(\.physicalVolume)
            metadata = text.strings("mirror_log")
        case "snapshot":
            // The volume with the differences, and the origin that stays as it is.
            images = text.strings("cow_store")
            metadata = text.strings("origin")
        default:
            // raids = [meta, image, meta, image, …]; raid0 has no metadata sub-volumes.
            let names = text.strings("raids")
            let pairs = names.count == 2 * (text.integer("device_count").map(Int.init(clamping:)) ?? 0)
            images = names.indices.filter { !pairs || $0 % 2 == 1 }.map { names[$0] }
            metadata = names.indices.filter { pairs && $0 % 2 == 0 }.map { names[$0] }
        }
    }
}

extension LVMText {
    fileprivate func count(_ name: String) -> UInt64? { integer(name).flatMap { UInt64(exactly: $0) } }

    fileprivate func bytes(_ name: String) -> UInt64? { count(name)?.sectors }

    /// A list of a name and an extent by turns.
    fileprivate func pairs(_ name: String) -> [LogicalVolume.Stripe] {
        guard case .list(let values) = value(name) else { return [] }
        return stride(from: 0, to: values.count - 1, by: 2).compactMap { index in
            guard case .string(let volume) = values[index], case .integer(let extent) = values[index + 1],
                let extent = UInt64(exactly: extent)
            else { return nil }
            return LogicalVolume.Stripe(physicalVolume: volume, extent: extent)
        }
    }
}
