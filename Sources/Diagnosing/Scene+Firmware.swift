import BootFiles
import Changes
import Distributions
import LibMount
import Storage
import Surveying

extension Scene {
    static func isUEFI(
        _ survey: Survey, _ installation: Installation, _ fstab: [FstabEntry], _ boot: BootDirectory?,
        _ distribution: any Distribution
    ) -> Bool {
        if installation.runsHere { return survey.medium.firmware == .uefi }
        let own = Set(
            [boot?.volume, installation.root].compactMap { $0 }.flatMap { survey.storage.disks(under: $0) })
        let directory = distribution.loaderDirectory(of: installation.release)
        // Boot code may be left from before the machine was made to start by UEFI, and images for clouds have both.
        let starts =
            survey.medium.firmware == .uefi
            && survey.bootManager?.tried.contains { $0.directory == directory } ?? false
        let mountsESP = fstab.contains { ESP.mountPoints.contains($0.target) }
        let hasBootCode = survey.diskBoots.contains { boot in
            if case .grub = boot.record?.code { own.contains(boot.disk) } else { false }
        }
        return mountsESP && (!hasBootCode || starts)
    }

    /// The ESPs that hold this system's loaders, or should: what a rescue mounts to write to.
    package var efiPartitions: [(volume: VolumeID, place: Change.EFIPartition)] {
        guard isUEFI else { return [] }
        // The half of an array is written with the other one.
        return UEFILoaders.own(self).filter { storage.arrayHolding($0.volume) == nil }.compactMap {
            esp in
            storage.partition(esp.volume)?.uuid.map {
                (esp.volume, Change.EFIPartition(name: name(of: esp.volume), uuid: $0.lowercased()))
            }
        }
    }

    /// The ESPs as the firmware sees them: of a mirrored one the halves, where they are known for ESPs.
    var esps: [ESP] {
        let volumes = Set(survey.esps.map(\.volume))
        return survey.esps.filter { esp in
            let halves = storage.members(of: esp.volume)
            return halves.isEmpty || !halves.allSatisfy(volumes.contains)
        }
    }

    /// The partitions that a boot option may start this ESP's loaders by, in small letters.
    func partitionUUIDs(of esp: ESP) -> [String] {
        ([esp.volume] + storage.members(of: esp.volume)).compactMap {
            storage.partition($0)?.uuid?.lowercased()
        }
    }

    /// Where a rescue mounts this one of them; nil where it lies on no partition.
    func place(of esp: ESP) -> Change.EFIPartition? {
        efiPartitions.first { $0.volume == esp.volume }?.place
    }
}
