import BootFiles
import Storage

/// A kind of machine that an installation is to boot on, where it is not the one that was surveyed: `--hardware`.
package enum Hardware: String, CaseIterable, Sendable {
    case virtio, ahci, nvme, hyperv, xen, pvscsi

    /// Drivers of its disks' controllers; of each group one is enough.
    var drivers: [Set<String>] {
        switch self {
        case .virtio: [["virtio_pci"], ["virtio_blk", "virtio_scsi"]]
        case .ahci: [["ahci"]]
        case .nvme: [["nvme"]]
        case .hyperv: [["hv_vmbus"], ["hv_storvsc"]]
        case .xen: [["xen_blkfront"]]
        case .pvscsi: [["vmw_pvscsi"]]
        }
    }
}

extension Scene {
    /// Drivers of what the root's disks hang on; of each group one is enough. Empty where that is not known: an image
    /// at rest hangs on nothing.
    func controllerDrivers(_ kernel: String) -> [Set<String>] {
        if let hardware { return hardware.drivers }
        let disks = storage.disks(under: installation.root).compactMap(storage.disk)
        let aliases = Set(disks.flatMap(\.modaliases)).filter(Self.leadsToDisks)
        let known = installation.drivers[kernel] ?? [:]
        return aliases.sorted().compactMap { known[$0].map { Set($0) } }
    }

    /// Those groups of which neither the image nor the kernel has a driver.
    func missingDrivers(_ kernel: String, _ facts: InitramfsFacts) -> [Set<String>] {
        let builtIn = Set(installation.builtIn[kernel] ?? [])
        return controllerDrivers(kernel).filter { group in
            !group.contains { facts.has(module: $0) || builtIn.contains($0) }
        }
    }

    // Of the bridges above a controller none needs a driver. A PCI alias says its class behind "bc" and "sc"
    // (file2alias.c, do_pci_entry): 01 is mass storage, 0c03 a USB host; virtio's own class follows the device.
    private static func leadsToDisks(_ alias: String) -> Bool {
        guard alias.hasPrefix("pci:") else {
            return ["scsi:", "virtio:", "nvme", "usb:", "vmbus:", "xen:", "mmc:"].contains {
                alias.hasPrefix($0)
            }
        }
        return alias.contains("bc01") || alias.contains("bc0Csc03") || alias.hasPrefix("pci:v00001AF4d")
    }
}
