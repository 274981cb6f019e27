import BootFiles
import Storage
import Surveying

/// One line of a text that a system boots by, and where it stands.
struct ConfigurationLine: Hashable {
    var path: String
    /// Counted from 1; nil where the place has no lines.
    var number: Int?
    var text: String

    var isOfLVMConf: Bool { path.hasSuffix("lvm.conf") || path.hasSuffix("lvmlocal.conf") }

    /// The lines of a file that say something.
    fileprivate static func all(of path: String, _ text: String) -> [ConfigurationLine] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let said = path.contains("lvm/devices/") ? withoutHint(line) : withoutComment(line)
            guard said.contains(where: { !$0.isWhitespace }) else { return nil }
            return ConfigurationLine(path: path, number: index + 1, text: said)
        }
    }

    // It begins a word, outside of quotes: fstab(5), mdadm.conf(5), lvm.conf(5) and the shell's files are alike in that.
    private static func withoutComment(_ line: Substring) -> String {
        guard line.utf8.contains(UInt8(ascii: "#")) else { return String(line) }
        var quote: Character?
        var isInWord = false
        for index in line.indices {
            let character = line[index]
            if character == "#" && quote == nil && !isInWord { return String(line[..<index]) }
            if character == quote {
                quote = nil
            } else if quote == nil && (character == "\"" || character == "'") {
                quote = character
            }
            isInWord = !character.isWhitespace
        }
        return String(line)
    }

    // DEVNAME= is where LVM saw the device last, and LVM puts it right by itself (lvmdevices(8)).
    private static func withoutHint(_ line: Substring) -> String {
        guard line.first != "#" else { return "" }
        return line.split(separator: " ").filter { !$0.hasPrefix("DEVNAME=") }.joined(separator: " ")
    }
}

extension Scene {
    /// Every line of this system's that may name a device, in the order of the places.
    var configurationLines: [ConfigurationLine] {
        var lines = (files + filesOnESPs).flatMap { ConfigurationLine.all(of: $0.path, $0.text) }
        lines += menuLines + environmentLines
        lines += unifiedCommandLines + coreLines
        return lines.enumerated().sorted {
            ($0.element.path, $0.element.number ?? 0, $0.offset)
                < ($1.element.path, $1.element.number ?? 0, $1.offset)
        }.map(\.element)
    }

    private var files: [Installation.TextFile] {
        let own = [
            installation.fstab, installation.mdadmConf, installation.crypttab, installation.defaultGrub,
        ].compactMap(\.self)
        let others = installation.texts.map { Installation.TextFile(path: $0, text: $1) }
        let inImages = (boot?.images ?? []).flatMap { image in
            (image.facts?.texts ?? [:]).map { path, text in
                Installation.TextFile(path: "\(bootPath(image.file)):\(path)", text: text)
            }
        }
        let entries = (boot?.entries ?? []).map { entry in
            Installation.TextFile(
                path: bootPath("\(BLSEntry.directory)/\(entry.file)"),
                text: entry.text ?? Self.text(of: entry))
        }
        return own + others + inImages + entries
    }

    // A survey that did not keep the file has its options, and the line where they stood.
    private static func text(of entry: BLSEntry) -> String {
        guard let options = entry.options, (1...1024).contains(options.line) else { return "" }
        return String(repeating: "\n", count: options.line - 1) + "options " + options.value
    }

    // MARK: GRUB

    // The survey keeps what a menu names and not the menu.
    private var menuLines: [ConfigurationLine] {
        // What lies on an ESP is among its files.
        guard menuOnESP == nil, let config = grub?.config else { return [] }
        var named = config.searches + config.roots
        named += [config.kernelopts, config.prefix, config.configfile].compactMap(\.self)
        for entry in config.entries {
            named += entry.searches + entry.roots
            // grub-mkconfig makes the id of the root's UUID (10_linux).
            if let id = entry.id { named.append(.init(line: entry.line, value: id)) }
            if let kernel = entry.kernel { named.append(.init(line: kernel.line, value: entry.arguments)) }
        }
        return named.map { ConfigurationLine(path: grubConfigPath, number: $0.line, text: $0.value) }
    }

    // Saved and chosen entries are called by their ids, which have the root's UUID in them.
    private var environmentLines: [ConfigurationLine] {
        guard let environment = grub?.environment else { return [] }
        return environment.variables.sorted { $0.key < $1.key }.map {
            ConfigurationLine(path: grubenvPath, text: "\($0.key)=\($0.value)")
        }
    }

    private var coreLines: [ConfigurationLine] {
        survey.diskBoots.flatMap { disk -> [ConfigurationLine] in
            let path = "the core image on \(name(of: disk.disk))"
            let configuration = (disk.startedCore?.configuration ?? "").split(separator: "\n").map(
                String.init)
            return ([disk.startedCore?.prefix].compactMap(\.self) + configuration).map {
                ConfigurationLine(path: path, text: $0)
            }
        }
    }

    // MARK: ESPs

    private var filesOnESPs: [Installation.TextFile] {
        survey.esps.flatMap { esp -> [Installation.TextFile] in
            esp.vendors.compactMap(\.config).map {
                Installation.TextFile(path: "\(name(of: esp.volume)):/\($0.path)", text: $0.text)
            }
        }
    }

    private var unifiedCommandLines: [ConfigurationLine] {
        survey.esps.flatMap { esp -> [ConfigurationLine] in
            esp.vendors.flatMap(\.loaders).compactMap { loader in
                loader.unified?.commandLine.map {
                    ConfigurationLine(path: "\(name(of: esp.volume)):/\(loader.path):.cmdline", text: $0)
                }
            }
        }
    }
}
