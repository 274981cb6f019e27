extension GrubConfig {
    /// Reads a grub.cfg, an ESP stub, or the configuration inside a core image.
    package init(parsing text: String) {
        self.init(parsing: Array(text.utf8))
    }

    /// As bytes. Linear in their number, whatever they are.
    package init(parsing text: [UInt8]) {
        var reader = GrubConfigReader()
        reader.read(text)
        self = reader.config
    }

    /// The entries that start something.
    package var starting: [Entry] { entries.filter(\.startsSomething) }

    /// The entry that `choice` selects, as normal/menu.c does: by number, id or title, `>` between menus.
    package func entry(chosenBy choice: String) -> Entry? {
        let steps = choice.split(separator: ">", omittingEmptySubsequences: false).map(String.init)
        let candidates = entries.filter { entry in
            let places = entry.submenus + [Place(index: entry.index, title: entry.title, id: entry.id)]
            return steps.count <= places.count && zip(steps, places).allSatisfy { Self.matches($0, $1) }
        }
        // A choice that ends on a submenu opens it; its first entry is what starts when nobody touches a key.
        return candidates.first
    }

    private static func matches(_ step: String, _ place: Place) -> Bool {
        Int(step) == place.index || step == place.id || step == place.title
    }
}
