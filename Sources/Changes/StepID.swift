/// The steps of a migration to a mirror, in the order in which they depend on one another. Ids are frozen.
package enum StepID: String, Codable, Sendable, Hashable, CaseIterable, CodingKeyRepresentable {
    case partitionTable = "partition-table"
    case mdArray = "md-array"
    case bootCopy = "boot-copy"
    case mdadmConf = "mdadm-conf"
    case fstab
    case lvmMirror = "lvm-mirror"
    case initramfs
    case cmdline
    case grubConfig = "grub-config"
    case grubInstall = "grub-install"
    case sync
}
