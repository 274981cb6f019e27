import Storage

/// The kernel's modules that map the layers.
extension StorageStack {
    /// Those that its arrays and logical volumes are opened with, each with the reason.
    var modules: [(module: String, why: String)] {
        var modules: [(module: String, why: String)] = []
        func need(_ names: [String], _ why: String) {
            for name in names where !modules.contains(where: { $0.module == name }) {
                modules.append((name, why))
            }
        }
        for type in segmentTypes.sorted() { need(Self.modules(ofSegment: type), Self.reason(type)) }
        for level in Set(arrays.map(\.level)).sorted() {
            need(Self.module(ofLevel: level).map { [$0] } ?? [], "the root is on an MD \(Self.name(level))")
        }
        return modules
    }

    // What LVM maps each type with (lib/raid/raid.c, thin/thin.c, cache_segtype/cache.c, snapshot/snapshot.c,
    // writecache/writecache.c). dm-raid asks for the personality of its level by itself, in the image too.
    private static func modules(ofSegment type: String) -> [String] {
        let raids = [
            ("raid10", "raid10"), ("raid0", "raid0"), ("raid1", "raid1"), ("raid4", "raid456"),
            ("raid5", "raid456"), ("raid6", "raid456"),
        ]
        if let raid = raids.first(where: { type.hasPrefix($0.0) }) { return ["dm-raid", raid.1] }
        return switch type {
        case "mirror": ["dm-mirror"]
        case "thin", "thin-pool": ["dm-thin-pool"]
        // smq is the policy of all but the oldest.
        case "cache", "cache-pool": ["dm-cache", "dm-cache-smq"]
        case "writecache": ["dm-writecache"]
        case "snapshot": ["dm-snapshot"]
        default: []
        }
    }

    private static func reason(_ type: String) -> String {
        switch type {
        case "mirror": "the root is a mirrored LV"
        case "snapshot": "the root has a snapshot"
        case "cache", "cache-pool", "writecache": "the root is a cached LV"
        default: "the root is a \(type) LV"
        }
    }

    // drivers/md: one module for levels 4, 5 and 6 (raid5.c, MODULE_ALIAS).
    private static func module(ofLevel level: Int) -> String? {
        switch level {
        case 4, 5, 6: "raid456"
        case 0, 1, 10, -1: name(level)
        default: nil
        }
    }

    private static func name(_ level: Int) -> String { level == -1 ? "linear" : "raid\(level)" }
}
