/// What the name of a file in /boot says it is: the same for every distribution, since a /boot filesystem on its own
/// does not say which one it belongs to.
package enum BootFileName: Sendable, Hashable {
    /// A kernel and its version, "linux" on distributions that leave the version out of the name.
    case kernel(version: String)
    /// An initramfs image and the kernel it is for; nil where the name has none.
    case image(version: String?)
    /// An image that no boot starts with: of kdump, or a copy that somebody kept.
    case sideImage(reason: String)

    /// nil for the name of anything else.
    package init?(_ name: String) {
        if let kernel = Self.version(
            after: ["vmlinuz-", "vmlinux-", "bzImage-", "Image-", "zImage-"], of: name)
        {
            guard Self.copySuffix(kernel) == nil else { return nil }
            self = .kernel(version: kernel.removing(suffix: ".gz"))
        } else if ["vmlinuz", "vmlinux", "bzImage"].contains(name) {
            self = .kernel(version: "")
        } else if let image = Self.version(after: ["initrd.img-", "initramfs-", "initrd-"], of: name) {
            self = Self.image(named: image)
        } else if ["initrd", "initrd.img", "initramfs.img"].contains(name) {
            self = .image(version: nil)
        } else {
            return nil
        }
    }

    private static func image(named rest: String) -> BootFileName {
        if copySuffix(rest) != nil { return .sideImage(reason: "a copy that was kept, not looked into") }
        let version = rest.removing(suffix: ".img")
        // Red Hat writes initramfs-VERSIONkdump.img (kdumpctl), SUSE initrd-VERSION-kdump.
        if version.hasSuffix("kdump") { return .sideImage(reason: "the image of kdump, not looked into") }
        return .image(version: version)
    }

    // Left by dkms, package managers, editors, and by bootmend itself while it builds a new image.
    private static func copySuffix(_ rest: String) -> String? {
        [
            ".bak", ".old", ".orig", ".old-dkms", "~", ".dpkg-bak", ".dpkg-new", ".dpkg-tmp", ".rpmsave",
            ".rpmnew", ".new",
        ]
        .first(where: rest.hasSuffix)
    }

    private static func version(after prefixes: [String], of name: String) -> String? {
        for prefix in prefixes where name.hasPrefix(prefix) && name.utf8.count > prefix.utf8.count {
            return String(name.dropFirst(prefix.count))
        }
        return nil
    }
}

extension String {
    fileprivate func removing(suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
