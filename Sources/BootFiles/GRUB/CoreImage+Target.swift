import Bytes

extension CoreImage {
    /// Where its prefix and embedded configuration lead; nil where it has neither, or could not be unpacked.
    ///
    /// A configuration runs first and may set the prefix itself (grub-install writes one where /boot lies on another
    /// disk); without one the prefix names the device, or leaves out the drive that it was started from.
    package var target: Target? {
        let embedded = configuration.flatMap { $0.isEmpty ? nil : GrubConfig(parsing: $0) }
        if let configuration, let search = Self.search(in: configuration) { return search }
        guard let place = embedded?.prefix?.value ?? prefix else {
            return embedded.map { _ in Target.other("a configuration without a prefix") }
        }
        guard let device = self.device(of: place, embedded) else { return .other(place) }
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
        return Self.partition(device) ?? .other(place)
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

    // $root is what the configuration set it to, and before that the device of the prefix it was made with
    // (grub_set_prefix_and_root in kern/main.c).
    private func device(of place: String, _ embedded: GrubConfig?) -> Substring? {
        let device = Self.device(of: place)
        guard device == "$root" || device == "${root}" else { return device }
        guard let root = embedded?.roots.last?.value else { return prefix.flatMap(Self.device(of:)) }
        return Self.device(of: root) ?? Substring(root)
    }

    private static func device(of prefix: String) -> Substring? {
        guard prefix.hasPrefix("("), let end = prefix.firstIndex(of: ")") else { return nil }
        return prefix[prefix.index(after: prefix.startIndex)..<end]
    }

    // ",msdos1", "hd0,gpt2"; "msdos1,bsd1" nests and stays unread.
    private static func partition(_ device: Substring) -> Target? {
        guard let comma = device.firstIndex(of: ",") else { return nil }
        let (drive, word) = (device[..<comma], device[device.index(after: comma)...])
        let scheme = word.prefix { !$0.isNumber }
        guard !scheme.isEmpty, let number = Int(word.dropFirst(scheme.count)) else { return nil }
        if drive.isEmpty { return .partition(scheme: String(scheme), number: number) }
        guard drive.hasPrefix("hd"), let place = Int(drive.dropFirst(2)) else { return nil }
        return .drive(place, scheme: String(scheme), number: number)
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
