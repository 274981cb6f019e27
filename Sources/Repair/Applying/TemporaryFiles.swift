import Machine

/// What a tool that was killed has left in the installed system's places for temporary files.
struct TemporaryFiles {
    private let root: RootDirectory
    private let before: Set<String>

    private static let places = ["/tmp", "/var/tmp"]
    // mktemp's templates in mkinitramfs(8), dracut(8), mkinitcpio(8): what is called otherwise may be anybody's.
    private static let prefixes = ["mkinitramfs", "dracut.", "mkinitcpio."]

    /// Notes those that are there now.
    init(in root: RootDirectory) {
        self.root = root
        before = Self.paths(in: root)
    }

    /// Removes those that have come since. It is there to help: one that cannot be removed stays.
    func removeNew() {
        for path in Self.paths(in: root).subtracting(before) {
            let inside = (try? TreeListing(path, in: root).entries.map(\.path)) ?? []
            // By name: a half-made image is full of links, and where they lead is the system itself.
            for path in inside.reversed() + [path] { try? Place.exact(path, in: root)?.remove() }
        }
    }

    private static func paths(in root: RootDirectory) -> Set<String> {
        let found = places.flatMap { place in
            ((try? root.list(place)) ?? []).filter { name in prefixes.contains { name.hasPrefix($0) } }.map {
                "\(place)/\($0)"
            }
        }
        return Set(found)
    }
}
