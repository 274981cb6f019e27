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
    /// The ESP that it lies on, or should; nil where none was found.
    let esp: ESP?
    /// What is there of it.
    let vendor: ESP.Vendor?
    let config: GrubConfig?

    /// Nil where GRUB's menu is in /boot: what lies on the ESP only leads to it.
    init?(
        _ survey: Survey, _ release: OSRelease, _ fstab: [FstabEntry], _ distribution: any Distribution
    ) {
        let name = distribution.loaderDirectory(of: release)
        let mounts = ["/boot/efi", "/efi"].flatMap { target in
            fstab.filter { $0.target == target }.suffix(1).flatMap { entry in
                survey.storage.volumes(source: entry.source).map { (volume: $0.id, target: target) }
            }
        }
        func mountPoint(_ esp: ESP) -> String? { mounts.first { $0.volume == esp.volume }?.target }
        func own(_ esp: ESP) -> ESP.Vendor? { esp.vendors.first { $0.name.lowercased() == name } }
        let esps = survey.esps.filter { mountPoint($0) != nil } + survey.esps.filter { mountPoint($0) == nil }
        let esp = esps.first { own($0)?.config != nil } ?? esps.first { own($0) != nil } ?? esps.first
        let vendor = esp.flatMap(own)
        let config = vendor?.config.map { GrubConfig(parsing: Array($0.text.utf8)) }
        if let config {
            guard config.isMenu else { return nil }
        } else if !distribution.keepsMenuOnESP {
            return nil
        }
        self.esp = esp
        self.vendor = vendor
        self.config = config
        let partition = esp.flatMap { survey.storage.partition($0.volume) }?.uuid
        let place = partition.map { Change.EFIPartition(name: "", uuid: $0.lowercased()).path }
        directory = "\(esp.flatMap(mountPoint) ?? place ?? "/boot/efi")/EFI/\(vendor?.name ?? name)"
    }

    /// It could have been read, and what was not found is not there.
    var isReadable: Bool { esp?.failures.isEmpty ?? false }
}

extension GrubConfig {
    /// A menu, and not a few lines that lead to one.
    var isMenu: Bool { configfile == nil && (readsEntries || !entries.isEmpty) }
}

extension StorageMap {
    func partition(_ volume: VolumeID) -> Partition? {
        disks.lazy.compactMap(\.table).flatMap(\.partitions).first { $0.id == volume }
    }
}
