/// `/etc/default/grub_installdevice`: the disks that SUSE's update-bootloader installs GRUB on.
package struct GrubInstallDevice: Codable, Sendable, Hashable {
    package static let path = "/etc/default/grub_installdevice"

    package var devices: [String]

    /// One device a line; words like `activate` and `generic_mbr` are options of YaST's, not devices.
    package init(parsing text: String) {
        let bytes = Array(text.utf8)
        devices = TextLine.lines(of: bytes).compactMap { line in
            TextLine.words(of: bytes, in: line.range).first.map { String(decoding: bytes[$0], as: UTF8.self) }
        }.filter { $0.hasPrefix("/") || $0.hasPrefix("(") }
    }
}
