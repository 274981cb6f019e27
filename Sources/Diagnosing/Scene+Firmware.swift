import BootFiles
import Changes
import LibMount
import Storage
import Surveying

extension Scene {
    static func isUEFI(
        _ survey: Survey, _ installation: Installation, _ fstab: [FstabEntry], _ boot: BootDirectory?
    ) -> Bool {
        if installation.runsHere { return survey.medium.firmware == .uefi }
        let own = Set(
            [boot?.volume, installation.root].compactMap { $0 }.flatMap { survey.storage.disks(under: $0) })
        let mountsESP = fstab.contains { ESP.mountPoints.contains($0.target) }
        let hasBootCode = survey.diskBoots.contains { boot in
            if case .grub = boot.record?.code { own.contains(boot.disk) } else { false }
        }
        return mountsESP && !hasBootCode
    }

    /// The ESPs that hold this system's loaders, or should: what a rescue mounts to write to.
    package var efiPartitions: [(volume: VolumeID, place: Change.EFIPartition)] {
        guard isUEFI else { return [] }
        return UEFILoaders.own(self).compactMap { esp in
            storage.partition(esp.volume)?.uuid.map {
                (esp.volume, Change.EFIPartition(name: name(of: esp.volume), uuid: $0.lowercased()))
            }
        }
    }

    /// Where a rescue mounts this one of them; nil where it lies on no partition.
    func place(of esp: ESP) -> Change.EFIPartition? {
        efiPartitions.first { $0.volume == esp.volume }?.place
    }
}
