import BootFiles
import Machine
import Storage

/// A system that is hibernated in a file: the kernel's line says where in its filesystem the file's first page lies
/// (Documentation/power/swsusp-and-swap-files.rst).
package struct SwapFileImage: Codable, Sendable, Hashable {
    package var volume: VolumeID
    /// Pages from the start of the volume.
    package var offset: UInt64

    package init(volume: VolumeID, offset: UInt64) {
        self.volume = volume
        self.offset = offset
    }

    private static let page: UInt64 = 4096

    /// What the last ten bytes of the first page are where swap holds a hibernated system, instead of "SWAPSPACE2"
    /// (kernel/power/swap.c, HIBERNATE_SIG).
    static func isSigned(_ bytes: [UInt8]) -> Bool { bytes.starts(with: Array("S1SUSPEND".utf8)) }

    /// Where these bytes lie in a swap file or volume.
    static let signature: (start: UInt64, count: Int) = (page - 10, 10)

    /// Those that the menus' kernel lines lead to.
    static func all(in directories: [BootDirectory], _ storage: StorageMap) -> [SwapFileImage] {
        let lines = directories.flatMap { directory in
            (directory.grub?.config?.entries ?? []).map { KernelCommandLine(parsing: $0.arguments) }
                // RHEL's entries say $kernelopts, and grubenv what that is.
                + directory.entries.map { $0.commandLine(environment: directory.grub?.environment) }
        }
        var places: Set<SwapFileImage> = []
        for line in lines {
            guard let offset = line.value(of: "resume_offset").flatMap({ UInt64($0) }),
                let source = line.value(of: "resume")
            else { continue }
            for volume in storage.volumes(source: source) {
                places.insert(SwapFileImage(volume: volume.id, offset: offset))
            }
        }
        return places.filter { isHibernated($0, storage) }.sorted { $0.volume < $1.volume }
    }

    private static func isHibernated(_ place: SwapFileImage, _ storage: StorageMap) -> Bool {
        let (start, overflow) = place.offset.multipliedReportingOverflow(by: page)
        guard !overflow, let view = try? storage.source(of: place.volume),
            let bytes = try? view.read(at: start &+ signature.start, count: signature.count)
        else { return false }
        return isSigned(bytes)
    }
}
