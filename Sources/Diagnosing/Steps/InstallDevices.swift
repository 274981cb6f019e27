import BootFiles
import Storage

/// The disks that package upgrades install GRUB to, as debconf (grub-pc/install_devices) or SUSE's
/// grub_installdevice lists them.
///
/// A disk that is left out keeps its core image when the modules in /boot are replaced by another build's: the machine
/// boots until that disk is the one that starts.
enum InstallDevices {
    static func finding(_ scene: Scene) -> Finding? {
        guard let path = scene.distribution.installDevicesPath, let text = scene.installation.texts[path],
            let listed = scene.distribution.installDevices(in: text), !listed.isEmpty
        else { return nil }
        let disks = scene.storage.disks
        let found = listed.map { name in disks.first { isName(name, of: $0) } }
        let wanted = GrubInstallStep.disksWithBoot(scene).compactMap(scene.storage.disk)
        let left = wanted.filter { disk in !found.contains { $0?.id == disk.id } }
        // A name that leads to no disk here may be one by which a disk is known and that is not in its serial number:
        // it is gone only where every other disk is accounted for.
        let gone = zip(listed, found).filter { $0.1 == nil }.map(\.0)
        let isCertain = gone.isEmpty || gone.allSatisfy(endsInSerial) && disks.allSatisfy { $0.serial != nil }
        guard isCertain, !left.isEmpty || !gone.isEmpty else { return nil }
        let what =
            left.isEmpty
            ? "names \(gone.joined(separator: ", ")), which is not here"
            : "leaves out \(left.map(\.id.rawValue).joined(separator: ", "))"
        return Finding(
            id: "grub-install.device-list", step: GrubInstallStep.id, severity: .note,
            summary: "the list of disks that upgrades install GRUB to \(what)",
            symptom: "error: symbol `grub_…' not found, after an upgrade, from the disk that was left out",
            evidence: [
                Evidence(
                    path: path, seen: listed.joined(separator: ", "),
                    expected: wanted.map { $0.serial ?? $0.id.rawValue }.joined(separator: ", "))
            ])
    }

    // udev makes the name of bus, model and serial number: scsi-0QEMU_QEMU_HARDDISK_mirror-a (60-persistent-storage.rules).
    private static func isName(_ name: String, of disk: Disk) -> Bool {
        if let serial = disk.serial, !serial.isEmpty, endsInSerial(name) {
            return name.hasSuffix("_" + serial)
        }
        return name == disk.id.rawValue
    }

    private static func endsInSerial(_ name: String) -> Bool {
        let kinds = ["ata-", "scsi-", "virtio-", "nvme-", "usb-"]
        guard name.hasPrefix("/dev/disk/by-id/"), !name.contains("-part") else { return false }
        let rest = name.dropFirst("/dev/disk/by-id/".count)
        return kinds.contains(where: rest.hasPrefix) && rest.contains("_") && !rest.hasPrefix("nvme-eui.")
    }
}
