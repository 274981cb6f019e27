import Bytes

extension CoreImage {
    /// Where its prefix and embedded configuration lead; nil where it could not be unpacked.
    ///
    /// A configuration runs first and sets the prefix itself (grub-install writes one where /boot lies on another
    /// disk); without one the prefix names the device, or leaves out the drive that it was started from.
    package var target: Target? {
        if let configuration, let search = Self.search(in: configuration) { return search }
        guard let prefix else { return nil }
        guard let device = Self.device(of: prefix) else { return .other(prefix) }
        if let digits = Self.value(of: device, after: "mduuid/"), digits.hexDigits.count == 32 {
            return .array(digits.hexDigits)
        }
        if let path = Self.value(of: device, after: "lvmid/") {
            let parts = path.split(separator: "/")
            if parts.count == 2 { return .logicalVolume(group: String(parts[0]), volume: String(parts[1])) }
        }
        if let digits = Self.value(of: device, after: "cryptouuid/"), digits.hexDigits.count == 32 {
            return .container(digits.hexDigits)
        }
        if device.hasPrefix(","), let partition = Self.partition(device.dropFirst()) { return partition }
        return .other(prefix)
    }

    /// The GRUB directory inside the filesystem that `target` names: `/grub`, `/boot/grub2`.
    package var directory: String? {
        let embedded = configuration.flatMap { GrubConfig(parsing: $0).prefix?.value }
        guard let prefix = embedded ?? prefix else { return nil }
        return Self.withoutDevice(prefix)
    }

    /// Its configuration has paths on a btrfs begin at the default subvolume.
    package var isRelative: Bool {
        configuration.flatMap { GrubConfig(parsing: $0).isRelative } ?? false
    }

    // "search.fs_uuid UUID root hints…", or "search --fs-uuid --set=root UUID".
    private static func search(in configuration: String) -> Target? {
        GrubConfig(parsing: configuration).searches.last.map { .filesystem(uuid: $0.value) }
    }

    private static func device(of prefix: String) -> Substring? {
        guard prefix.hasPrefix("("), let end = prefix.firstIndex(of: ")") else { return nil }
        return prefix[prefix.index(after: prefix.startIndex)..<end]
    }

    // "msdos1", "gpt2"; "msdos1,bsd1" nests and stays unread.
    private static func partition(_ word: Substring) -> Target? {
        let scheme = word.prefix { !$0.isNumber }
        guard !scheme.isEmpty, let number = Int(word.dropFirst(scheme.count)) else { return nil }
        return .partition(scheme: String(scheme), number: number)
    }

    private static func value(of device: Substring, after mark: String) -> String? {
        device.hasPrefix(mark) ? String(device.dropFirst(mark.count)) : nil
    }

    // "(mduuid/…)/grub" and "($root)/grub" alike.
    private static func withoutDevice(_ path: String) -> String {
        guard path.hasPrefix("("), let end = path.firstIndex(of: ")") else { return path }
        return String(path[path.index(after: end)...])
    }
}
