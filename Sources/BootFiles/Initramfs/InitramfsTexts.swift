/// The text files of an initramfs that bootmend keeps: configuration of the storage under root, never keys.
package enum InitramfsTexts {
    /// Directory, then file names; none means every file in it.
    private static let kept: [String: Set<String>] = [
        "etc": [
            "mdadm.conf", "crypttab", "fstab", "cmdline", "initrd-release", "hostname", "hostid",
            "booster.init.yaml",
        ],
        "etc/mdadm": ["mdadm.conf"],
        "etc/mdadm.conf.d": [],
        "etc/mdadm/mdadm.conf.d": [],
        "etc/lvm": ["lvm.conf", "lvmlocal.conf"],
        "etc/lvm/devices": ["system.devices"],
        "etc/cmdline.d": [],
        "usr/lib/cmdline.d": [],
        "usr/lib": ["initrd-release"],
        "etc/modprobe.d": [],
        "cryptroot": ["crypttab"],
        "conf": ["initramfs.conf", "arch.conf", "param.conf", "modules"],
        "conf/conf.d": [],
        "usr/lib/dracut": ["modules.txt", "build-parameter.txt", "hostonly-kernel-modules.txt"],
        // mkinitcpio's: the hooks that run, and the configuration it was built from.
        "": ["config", "buildconfig"],
    ]

    /// The most that is kept of one file.
    package static let limit = 64 << 10
    /// The most that is read of one: lvm.conf is 100 KiB and more, nearly all of it comments.
    static let readLimit = 1 << 20
    static let most = 256

    static func has(directory: String) -> Bool { kept[directory] != nil }

    package static func keeps(_ directory: String, _ name: String) -> Bool {
        guard let names = kept[directory] else { return false }
        return names.isEmpty || names.contains(name)
    }

    /// The file as text, without passwords. A file above the limit has its comment lines blanked, which keeps the numbers of the others;
    /// nil where that is not enough.
    static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.count > limit else {
            return SecretWords.removed(from: String(decoding: bytes, as: UTF8.self))
        }
        let newline = UInt8(ascii: "\n")
        let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        var text: [UInt8] = []
        for line in bytes.split(separator: newline, omittingEmptySubsequences: false) {
            if line.first(where: { !blanks.contains($0) }) != UInt8(ascii: "#") {
                text.append(contentsOf: line)
            }
            text.append(newline)
        }
        // The split has one piece more than there are newlines.
        text.removeLast()
        guard text.count <= limit else { return nil }
        return SecretWords.removed(from: String(decoding: text, as: UTF8.self))
    }
}
