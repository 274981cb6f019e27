import BootFiles
import Changes
import Storage
import Surveying

extension Scene {
    /// The installation is started by UEFI: so the kernel says where it runs, and elsewhere it mounts an ESP, and no
    /// disk of its own has GRUB's boot code.
    package var isUEFI: Bool {
        if installation.runsHere { return survey.medium.firmware == .uefi }
        let own = Set(
            [boot?.volume, installation.root].compactMap { $0 }.flatMap { storage.disks(under: $0) })
        let mountsESP = entry(mountedAt: "/boot/efi") != nil || entry(mountedAt: "/efi") != nil
        let hasBootCode = survey.diskBoots.contains { boot in
            if case .grub = boot.record?.code { own.contains(boot.disk) } else { false }
        }
        return mountsESP && !hasBootCode
    }

    /// The ESPs that hold this system's loaders, or should: what a rescue mounts to write to.
    package var efiPartitions: [(volume: VolumeID, place: Change.EFIPartition)] {
        guard isUEFI else { return [] }
        return UEFILoaders.own(self).compactMap { esp in
            FirmwareStart.partition(of: esp, self)?.uuid.map {
                (esp.volume, Change.EFIPartition(name: name(of: esp.volume), uuid: $0.lowercased()))
            }
        }
    }

    /// The menu where it lies on an ESP itself, as RHEL 7 and 8 have it, from the top of the ESP; a stub that goes on
    /// with /boot's own is none.
    package var menuOnESP: String? {
        let configs = survey.esps.flatMap(\.vendors).compactMap(\.config)
        return configs.first { file in
            let config = GrubConfig(parsing: Array(file.text.utf8))
            return config.configfile == nil && (config.readsEntries || !config.entries.isEmpty)
        }?.path
    }
}
