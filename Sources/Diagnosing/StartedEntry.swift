import BootFiles
import Surveying

/// The entry that GRUB starts when nobody touches a key.
package struct StartedEntry: Sendable, Hashable {
    /// Its place among grub.cfg's entries; nil where it is a BLS entry, and where there is none.
    package private(set) var index: Int?
    /// The BLS entry that it is.
    package private(set) var entry: BLSEntry?
    /// Its kernel as GRUB names it.
    package private(set) var kernel: String?
    package private(set) var commandLine: KernelCommandLine?
    /// What grub.cfg or grubenv chose and no entry is called: GRUB then starts the first (normal/menu.c).
    package private(set) var lost: Choice?

    /// A choice of an entry, and where it was made.
    package struct Choice: Sendable, Hashable {
        package var value: String
        /// `saved_entry` or `next_entry` of grubenv; nil where grub.cfg says it.
        package var variable: String?
    }

    package init(of grub: BootDirectory.Grub?, entries: [BLSEntry]) {
        guard let grub, let config = grub.config else { return }
        let environment = grub.environment
        // blscfg puts its entries in front of the others.
        let listed = config.readsEntries ? BLSEntry.inMenuOrder(entries) : []
        let choice = Self.choice(config, environment)
        if let choice, let chosen = Self.entry(chosenBy: choice.value, among: listed) {
            take(chosen, config, environment)
        } else if let choice,
            let chosen = config.entry(chosenBy: Self.shifted(choice.value, by: listed.count))
        {
            take(chosen, config)
        } else {
            lost = listed.isEmpty && config.starting.isEmpty ? nil : choice
            if let first = listed.first {
                take(first, config, environment)
            } else if let first = config.starting.first {
                take(first, config)
            }
        }
    }

    // 00_header: next_entry is for one start, `default` for all others; saved_entry is what `default` mostly says.
    private static func choice(_ config: GrubConfig, _ environment: GrubEnvironment?) -> Choice? {
        for name in ["next_entry", "saved_entry"] {
            let isAsked = name == "next_entry" || config.defaultEntry.map(isSaved) ?? false
            if isAsked, let value = environment?.variables[name], !value.isEmpty {
                return Choice(value: value, variable: name)
            }
        }
        guard let value = config.defaultEntry, !value.isEmpty, !isSaved(value) else { return nil }
        return Choice(value: value)
    }

    /// grub.cfg leaves it to grubenv.
    static func isSaved(_ value: String) -> Bool {
        value == "${saved_entry}" || value == "$saved_entry"
    }

    private static func entry(chosenBy choice: String, among entries: [BLSEntry]) -> BLSEntry? {
        if let number = Int(choice) { return entries.indices.contains(number) ? entries[number] : nil }
        return entries.first { $0.file == choice || $0.file == choice + ".conf" || $0.title == choice }
    }

    // grub.cfg counts its own entries; in the menu they come behind those of the BLS files.
    private static func shifted(_ choice: String, by count: Int) -> String {
        guard count > 0, let number = Int(choice) else { return choice }
        let (shifted, overflows) = number.subtractingReportingOverflow(count)
        return overflows ? choice : String(shifted)
    }

    private mutating func take(_ entry: BLSEntry, _ config: GrubConfig, _ environment: GrubEnvironment?) {
        self.entry = entry
        kernel = entry.kernel?.value
        let fallback = config.kernelopts.map { ["kernelopts": $0.value] } ?? [:]
        commandLine = entry.commandLine(environment: environment, fallback: fallback)
    }

    private mutating func take(_ entry: GrubConfig.Entry, _ config: GrubConfig) {
        index = config.entries.firstIndex(of: entry)
        kernel = entry.kernel?.value
        commandLine = KernelCommandLine(parsing: entry.arguments)
    }
}
