import BootFiles
import Changes
import Distributions
import LibMount
import Storage
import Surveying

/// The menu of a system whose GRUB reads it on the ESP itself: RHEL 7 and 8, Fedora up to 33, and whoever wrote it there.
///
/// Each disk's GRUB reads that of its own ESP. This is the one that packages write to; the others are to be the same.
struct MenuOnESP: Sendable {
    /// Inside the installed system: `/boot/efi/EFI/redhat`.
    let directory: String
    /// From the top of the ESP, in small letters: `efi/redhat/grub.cfg`.
    let path: String
    /// The ESP that it lies on, or should; nil where none was found.
    let esp: ESP?
    /// What is there of it.
    let vendor: ESP.Vendor?
    let config: GrubConfig?
    /// That ESP, and where it is an array the halves of it, which the firmware reads.
    private let places: Set<VolumeID>

    /// Nil where GRUB's menu is in /boot: what lies on the ESP only leads to it, or is read by nobody.
    init?(
        _ survey: Survey, _ installation: Installation, _ fstab: [FstabEntry], _ boot: BootDirectory?,
        _ distribution: any Distribution
    ) {
        let storage = survey.storage
        let name = distribution.loaderDirectory(of: installation.release)
        let mounts = Self.mounts(fstab, storage)
        let others = Set(
            survey.installations.filter { $0.root != installation.root }.flatMap { other in
                Self.mounts(Fstab(parsing: other.fstab?.text ?? "").entries, storage).map(\.volume)
            })
        let disks = Set(boot.map { storage.disks(under: $0.volume) } ?? [])
        func isMounted(_ esp: ESP) -> Bool { mounts.contains { $0.volume == esp.volume } }
        let near = survey.esps.filter { esp in
            !isMounted(esp) && !others.contains(esp.volume)
                && !disks.isDisjoint(with: storage.disks(under: esp.volume))
        }
        let esps = survey.esps.filter(isMounted) + near
        let esp =
            esps.first { $0.vendor(name)?.config != nil } ?? esps.first { $0.vendor(name) != nil }
            ?? esps.first
        let vendor = esp?.vendor(name)
        let cores = (vendor?.loaders ?? []).compactMap(\.core)
        if !cores.isEmpty && !cores.contains(where: \.readsBesideItself) { return nil }
        let config = vendor?.grubConfig
        guard config?.isMenu ?? distribution.keepsMenuOnESP else { return nil }
        self.esp = esp
        self.vendor = vendor
        self.config = config
        path = "efi/\(name)/grub.cfg"
        places = Set(
            esp.map { [$0.volume] + storage.members(of: $0.volume) } ?? [])
        // What fstab does not mount, or not alone, lies where a rescue mounts it.
        let mounted = mounts.first { $0.volume == esp?.volume && $0.isAlone }?.target
        let partition = esp.flatMap { storage.partition($0.volume) }?.uuid
        let place = partition.map { Change.EFIPartition(name: "", uuid: $0.lowercased()).path }
        directory = "\(mounted ?? place ?? "/boot/efi")/EFI/\(vendor?.name ?? name)"
    }

    private static func mounts(
        _ fstab: [FstabEntry], _ storage: StorageMap
    ) -> [(volume: VolumeID, target: String, isAlone: Bool)] {
        ESP.mountPoints.flatMap { target in
            fstab.filter { $0.target == target }.suffix(1).flatMap { entry in
                let volumes = storage.volumes(source: entry.source)
                let isAlone = volumes.count == 1 && !entry.isNoauto
                return volumes.map { (volume: $0.id, target: target, isAlone: isAlone) }
            }
        }
    }

    /// It could have been read, and what was not found is not there.
    var isReadable: Bool { esp?.failures.isEmpty ?? false }

    /// GRUB that was started from `esp` and asks for `path` gets this one, or does not find it.
    func isRead(at path: String, from esp: VolumeID) -> Bool {
        path.lowercased() == self.path && places.contains(esp)
    }
}

extension GrubConfig {
    /// A menu, and not a few lines that lead to one.
    var isMenu: Bool { configfile == nil && (readsEntries || !entries.isEmpty) }
}

extension CoreImage {
    /// Its prefix is on the partition that it was started from. GRUB that its own tool made for a machine searches for
    /// /boot; the signed one goes by its prefix.
    var readsBesideItself: Bool {
        guard let prefix, !prefix.hasPrefix("(") else { return false }
        guard let configuration else { return true }
        let config = GrubConfig(parsing: configuration)
        return config.searches.isEmpty && config.prefix == nil
    }
}

extension StorageMap {
    func partition(_ volume: VolumeID) -> Partition? {
        disks.lazy.compactMap(\.table).flatMap(\.partitions).first { $0.id == volume }
    }
}
