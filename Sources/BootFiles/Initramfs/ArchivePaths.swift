/// Which file of the unpacked tree an entry of an archive is, links to directories followed as far as they are known.
///
/// The kernel unpacks entry by entry, so a link counts from where it stands: `bin -> usr/bin`, then `bin/mdadm`.
struct ArchivePaths {
    private var links: [String: String] = [:]
    private var lastRaw: [UInt8] = []
    private var lastResolved = ""

    /// Links kept; more are in no image that a generator makes.
    private static var limit: Int { 65536 }
    /// Steps from the root of the tree to a file, those of links included; a dozen are many.
    private static var mostSteps: Int { 256 }

    /// The directory that the bytes before an entry's last slash name, without a leading slash; "" is the root.
    mutating func directory(_ raw: UnsafeRawBufferPointer) -> String {
        // Entries of one directory stand side by side.
        if raw.elementsEqual(lastRaw) { return lastResolved }
        lastRaw = Array(raw)
        lastResolved = canonical(String(decoding: raw, as: UTF8.self))
        return lastResolved
    }

    /// Notes a symbolic link.
    mutating func link(_ directory: UnsafeRawBufferPointer, _ name: String, to target: String) {
        guard links.count < Self.limit else { return }
        let path = Self.joined(resolved(String(decoding: directory, as: UTF8.self)), name)
        links[path] = target
        lastRaw = []
        lastResolved = ""
    }

    /// Where the link at `path` leads in the end, `path` itself where it is none; nil for a loop.
    func target(of path: String) -> String? {
        var path = path
        for _ in 0..<40 {
            guard let next = links[path] else { return Self.merged(path) }
            path = Self.joined(
                resolved(Self.base(next, from: path)), String(next.split(separator: "/").last ?? ""))
        }
        return nil
    }

    var linkPaths: Dictionary<String, String>.Keys { links.keys }

    /// The directory `path` with links followed and /usr merged.
    func canonical(_ path: String) -> String { Self.merged(resolved(path)) }

    private func resolved(_ path: String) -> String {
        var parts: [Substring] = []
        var pending = Array(path.split(separator: "/").reversed())
        var followed = 0
        var steps = 0
        while let part = pending.popLast() {
            steps += 1
            guard steps < Self.mostSteps else { return path }
            if part == "." { continue }
            if part == ".." {
                _ = parts.popLast()
                continue
            }
            parts.append(part)
            guard !links.isEmpty, let target = links[parts.joined(separator: "/")], followed < 40 else {
                continue
            }
            followed += 1
            parts.removeLast()
            if target.hasPrefix("/") { parts = [] }
            pending += target.split(separator: "/").reversed()
        }
        return parts.joined(separator: "/")
    }

    /// The directory part of a link's target, seen from where the link stands.
    private static func base(_ target: String, from path: String) -> String {
        let above = target.split(separator: "/").dropLast().joined(separator: "/")
        if target.hasPrefix("/") { return above }
        return joined(path.split(separator: "/").dropLast().joined(separator: "/"), above)
    }

    static func joined(_ directory: String, _ name: String) -> String {
        directory.isEmpty ? name : directory + "/" + name
    }

    /// With /usr merged, whether or not the image has merged it: `lib/modules` and `usr/lib/modules` are compared alike.
    private static func merged(_ path: String) -> String {
        for top in ["bin", "sbin", "lib", "lib64"] where path.hasPrefix(top) {
            if path.utf8.count == top.utf8.count || path.hasPrefix(top + "/") { return "usr/" + path }
        }
        return path
    }
}
