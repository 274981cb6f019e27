/// `/etc/initramfs-tools/update-initramfs.conf`: whether Debian's update-initramfs does anything at all.
package struct UpdateInitramfsConf: Codable, Sendable, Hashable {
    package static let path = "/etc/initramfs-tools/update-initramfs.conf"

    /// `update_initramfs=no` makes every later kernel upgrade leave its old image (update-initramfs.conf(5)).
    package var isDisabled: Bool
    /// `all`: every kernel's image is rebuilt, not only the newest.
    package var updatesAll: Bool

    package init(parsing text: String) {
        let value = ShellAssignments(parsing: text)["update_initramfs"]
        isDisabled = value == "no"
        updatesAll = value == "all"
    }
}
