import Changes
import Glibc
import Machine

/// Looks, before anything is touched, whether there is room for what a plan writes and for what it puts aside.
struct Room {
    let root: RootDirectory
    let journals: RootDirectory
    let base: String

    // What a tool may need more than last time: a kernel's image grows with its drivers.
    private static func grown(_ size: UInt64) -> UInt64 { size + size / 4 + (1 << 20) }
    private static let unknownImage: UInt64 = 96 << 20
    // shim, MokManager, the fallback program and GRUB, signed, twice.
    private static let loaders: UInt64 = 12 << 20
    private static let slack: UInt64 = 4 << 20

    /// Throws where a filesystem is too full, saying by how much.
    func check(_ changes: [Change]) throws {
        var saved = Self.slack
        // By filesystem: what is free, less what the changes so far leave behind.
        var free: [UInt64: UInt64] = [:]
        for change in changes {
            switch change {
            case .open, .byHand: break
            case .writeFile(let path, let text, _, _):
                saved += try size(path)
                try need(UInt64(text.utf8.count) + 65536, instead: try size(path), of: path, &free)
            case .build(let path, _, _, let result):
                let old = try size(path)
                saved += old
                let new = old > 0 ? Self.grown(old) : try estimate(path, result)
                try need(new, instead: old, of: path, &free)
            case .copy(_, _, let size): try need(size, instead: 0, of: "/boot/grub", &free)
            case .installBootLoader(_, let area, let directory, _):
                saved += min(area.length, 4 << 20) + (try sizeOfTree(directory))
            case .installLoaders(let esp, let files, let source):
                let old = try files.reduce(UInt64(0)) { try $0 + size(esp.path + "/" + $1) }
                saved += old
                var new = Self.loaders
                if case .copy(let good, let copies) = source {
                    new = try copies.reduce(UInt64(0)) { try $0 + size(good.path + "/" + $1.from) }
                } else {
                    for directory in Work.grubDirectories { saved += try sizeOfTree(directory) }
                }
                try need(new, instead: old, of: esp.path + "/EFI", &free)
            case .run(_, let touching):
                for path in touching { saved += try size(path) }
            }
        }
        try checkJournal(saved)
    }

    private func need(_ new: UInt64, instead old: UInt64, of path: String, _ free: inout [UInt64: UInt64])
        throws
    {
        guard let place = try Place.find(path, in: root) else { return }
        let device = try Status(of: place.directory.number, place.shown).device
        let left = try free[device] ?? place.free()
        guard left >= new else {
            throw SystemError(
                "write", place.shown,
                detail:
                    "\(Self.mebibytes(left)) MiB are free there, about \(Self.mebibytes(new)) MiB are needed",
                hint: "remove an old kernel and its image from '\(place.beside("."))', then start again")
        }
        // The new one stays, the old one goes.
        free[device] = left - new + old
    }

    private func checkJournal(_ size: UInt64) throws {
        let place = try nearest(base)
        let left = try place.free()
        guard left < size else { return }
        throw SystemError(
            "write the journal to", journals.shown(base),
            detail:
                "\(Self.mebibytes(left)) MiB are free there, about \(Self.mebibytes(size)) MiB are needed",
            hint: "name a directory with room: --journal DIR")
    }

    // The directory that will hold it may not be there yet.
    private func nearest(_ path: String) throws -> Place {
        var path = path
        while !path.isEmpty {
            if let place = try Place.find(path + "/journal", in: journals) { return place }
            path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        }
        return try Place.existing("/journal", in: journals)
    }

    private func size(_ path: String) throws -> UInt64 {
        guard let entry = try root.entry(path) else { return 0 }
        return entry.kind == .directory ? try sizeOfTree(path) : entry.size
    }

    private func sizeOfTree(_ path: String) throws -> UInt64 {
        var total: UInt64 = 0
        var pending = [path]
        var seen = 0
        while let directory = pending.popLast(), seen < 20_000 {
            for name in try root.list(directory) ?? [] {
                seen += 1
                let inside = directory + "/" + name
                guard try root.link(inside) == nil, let entry = try root.entry(inside) else { continue }
                if entry.kind == .directory { pending.append(inside) } else { total += entry.size }
            }
        }
        return total
    }

    // Its neighbours are the best guess: another kernel's image is about as large.
    private func estimate(_ path: String, _ result: Change.BuildResult) throws -> UInt64 {
        guard case .initramfs = result else { return 1 << 20 }
        let parts = path.split(separator: "/")
        let directory = "/" + parts.dropLast().joined(separator: "/")
        let stem = String(parts.last?.prefix(6) ?? "init")
        let sizes = try (root.list(directory) ?? []).filter { $0.hasPrefix(stem) }.map {
            try size(directory + "/" + $0)
        }
        return sizes.max().map(Self.grown) ?? Self.unknownImage
    }

    private static func mebibytes(_ bytes: UInt64) -> UInt64 { (bytes + (1 << 20) - 1) >> 20 }
}
