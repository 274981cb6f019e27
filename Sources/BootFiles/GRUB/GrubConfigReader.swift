/// Goes through a grub.cfg command by command and keeps what names something.
struct GrubConfigReader {
    var config = GrubConfig()

    // A grub.cfg has some dozens of entries in two levels; more is damage or malice.
    private static let mostEntries = 4096
    private static let mostReferences = 16384
    private static let deepest = 64
    // Each entry keeps the titles of the menus it is in.
    private static let longestTitle = 1024

    /// What a `{` belongs to.
    private enum Block {
        case entry
        case submenu(GrubConfig.Place)
        case other
    }

    private var blocks: [(block: Block, line: Int)] = []
    private var entry: GrubConfig.Entry?
    /// How many entries and submenus each open menu has so far; the last is the innermost.
    private var counts = [0]
    private var references = 0

    mutating func read(_ text: [UInt8]) {
        var lexer = GrubScriptLexer(text)
        var command: [String] = []
        var line = 0
        while config.damage == nil, let token = lexer.next() {
            switch token {
            case .word(let word, line: let at):
                if command.isEmpty { line = at }
                command.append(word)
            case .open(line: let at):
                open(command, line: command.isEmpty ? at : line)
                command = []
            case .close(line: let at):
                run(command, line: line)
                command = []
                close(line: at)
            case .separator:
                run(command, line: line)
                command = []
            case .unclosedQuote(line: let at):
                config.damage = "line \(at): a quote is never closed"
            }
        }
        if config.damage == nil {
            run(command, line: line)
            if let open = blocks.last { config.damage = "line \(open.line): a brace is never closed" }
        }
        if let entry { config.entries.append(entry) }
    }

    private mutating func open(_ command: [String], line: Int) {
        guard blocks.count < Self.deepest, config.entries.count < Self.mostEntries,
            references < Self.mostReferences
        else {
            config.damage = "line \(line): more blocks than a menu may have"
            return
        }
        // "if …; then menuentry …" puts the reserved words of the shell in front.
        let command = Array(command.drop(while: Self.isReserved))
        switch command.first {
        case "menuentry" where entry == nil:
            let (title, id) = Self.heading(command.dropFirst())
            entry = GrubConfig.Entry(
                line: line, title: title, id: id, index: counts[counts.count - 1], submenus: submenus)
            references += counts.count
            counts[counts.count - 1] += 1
            blocks.append((.entry, line))
        case "submenu" where entry == nil:
            let (title, id) = Self.heading(command.dropFirst())
            let place = GrubConfig.Place(index: counts[counts.count - 1], title: title, id: id)
            counts[counts.count - 1] += 1
            counts.append(0)
            blocks.append((.submenu(place), line))
        default: blocks.append((.other, line))
        }
    }

    private mutating func close(line: Int) {
        guard let closed = blocks.popLast() else {
            config.damage = "line \(line): a closing brace that nothing opened"
            return
        }
        switch closed.block {
        case .entry:
            if let entry { config.entries.append(entry) }
            entry = nil
        case .submenu: counts.removeLast()
        case .other: break
        }
    }

    private var submenus: [GrubConfig.Place] {
        blocks.compactMap { block, _ in
            if case .submenu(let place) = block { place } else { nil }
        }
    }

    private mutating func run(_ command: [String], line: Int) {
        let command = Array(command.drop(while: Self.isReserved))
        guard let name = command.first, references < Self.mostReferences else { return }
        let arguments = command.dropFirst()
        switch name {
        case "linux", "linux16", "linuxefi":
            guard let path = arguments.first else { return }
            let kernel = reference(Self.withoutDevice(path), line)
            entry?.kernel = kernel
            entry?.loadedBy = name == "linux" ? nil : name
            entry?.arguments = arguments.dropFirst().joined(separator: " ")
        case "initrd", "initrd16", "initrdefi":
            let images = arguments.map { reference(Self.withoutDevice($0), line) }
            entry?.initrds += images
        case "search", "search.fs_uuid":
            guard let uuid = Self.searchedUUID(name, arguments) else { return }
            let found = reference(uuid, line)
            if entry != nil { entry?.searches.append(found) } else { config.searches.append(found) }
        case "insmod":
            references += arguments.count
            if entry != nil { entry?.modules += arguments } else { config.modules += arguments }
        case "blscfg", "bls_import": config.readsEntries = true
        case "fwsetup": entry?.opensSetup = true
        case "configfile" where entry == nil, "source" where entry == nil, "normal" where entry == nil:
            goOn(name, arguments.first, line)
        case "set": for assignment in arguments { assign(assignment, line) }
        default: if name.contains("=") { assign(name, line) }
        }
    }

    // An entry that goes on with another menu is one of this menu's. SUSE's stubs end in `source` or `normal`, and menus
    // read what people added by `source` too (41_custom).
    private mutating func goOn(_ command: String, _ path: String?, _ line: Int) {
        guard let path = path ?? (command == "normal" ? "$prefix/grub.cfg" : nil),
            command != "source" || path.hasSuffix("/grub.cfg")
        else { return }
        config.configfile = reference(path, line)
    }

    private mutating func assign(_ assignment: String, _ line: Int) {
        guard let equals = assignment.firstIndex(of: "=") else { return }
        let value = String(assignment[assignment.index(after: equals)...])
        switch assignment[..<equals] {
        case "root", "boot":
            let found = reference(value, line)
            if entry != nil { entry?.roots.append(found) } else { config.roots.append(found) }
        // What a one-time boot or a failed one sets comes before the rule (00_header): the last one stands.
        case "default" where value != "${next_entry}": config.defaultEntry = value
        case "timeout": config.timeout = value
        case "kernelopts": config.kernelopts = reference(value, line)
        case "prefix": config.prefix = reference(value, line)
        case "btrfs_relative_path": config.isRelative = ["1", "y"].contains(where: value.hasPrefix)
        default: break
        }
    }

    private mutating func reference(_ value: String, _ line: Int) -> GrubConfig.Reference {
        references += 1
        return GrubConfig.Reference(line: line, value: value)
    }

    private static func isReserved(_ word: String) -> Bool {
        ["then", "else", "do", "if", "elif", "while", "until", "!"].contains(word)
    }

    /// Title and id of `menuentry 'Debian' --class debian $menuentry_id_option 'gnulinux-simple'`.
    private static func heading(_ words: ArraySlice<String>) -> (title: String, id: String?) {
        var title: String?
        var id: String?
        var words = words
        while let word = words.popFirst() {
            switch word {
            case "--id", "$menuentry_id_option", "${menuentry_id_option}": id = words.popFirst()
            case "--class", "--users", "--hotkey", "--source": _ = words.popFirst()
            default:
                if word.hasPrefix("--id=") {
                    id = String(word.dropFirst(5))
                } else if !word.hasPrefix("--"), title == nil {
                    title = String(word.prefix(longestTitle))
                }
            }
        }
        return (title ?? "", id)
    }

    // "search.fs_uuid UUID VARIABLE HINT…" (commands/search.c), or "search" with options, of which only a search by
    // UUID says where /boot should be; the UUID is the last word that is no option and no option's value.
    private static func searchedUUID(_ name: String, _ arguments: ArraySlice<String>) -> String? {
        if name == "search.fs_uuid" { return arguments.first }
        var isByUUID = false
        var words: [String] = []
        var rest = arguments
        while let word = rest.popFirst() {
            if word == "--fs-uuid" || word == "-u"
                || word.hasPrefix("-") && !word.hasPrefix("--") && word.contains("u")
            {
                isByUUID = true
            } else if word == "--hint" || word.hasPrefix("--hint-") && !word.contains("=") {
                _ = rest.popFirst()
            } else if !word.hasPrefix("-") {
                words.append(word)
            }
        }
        return isByUUID ? words.last : nil
    }

    // "($root)/vmlinuz-6.1" and "(hd0,msdos1)/vmlinuz-6.1" name a path on a device that other lines decide.
    private static func withoutDevice(_ path: String) -> String {
        for root in ["($root)", "(${root})"] where path.hasPrefix(root) {
            return String(path.dropFirst(root.count))
        }
        guard path.hasPrefix("("), let end = path.firstIndex(of: ")") else { return path }
        return String(path[path.index(after: end)...])
    }
}
