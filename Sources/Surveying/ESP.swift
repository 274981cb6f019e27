import BootFiles
import Storage

/// An EFI system partition: what a UEFI firmware starts from, read as the firmware reads it, each disk's by itself.
package struct ESP: Codable, Sendable, Hashable {
    package var volume: VolumeID
    /// The directories in `EFI`, one for each that installed a loader.
    package var vendors: [Vendor]
    /// What the firmware starts where no boot entry leads: `EFI/BOOT/BOOTX64.EFI`.
    package var fallback: String?
    /// What could not be read of it.
    package var failures: [String]

    package struct Vendor: Codable, Sendable, Hashable {
        /// `debian`, `redhat`, `BOOT`.
        package var name: String
        package var loaders: [Loader]
        /// `grub.cfg`: a stub that leads to the real one, or on RHEL 7 and 8 the real one.
        package var config: Installation.TextFile?
        package var grubConfig: GrubConfig? { config.map { GrubConfig(parsing: Array($0.text.utf8)) } }
        /// `grubenv`, which lies beside the real one.
        package var environment: GrubEnvironment?

        package init(
            name: String, loaders: [Loader] = [], config: Installation.TextFile? = nil,
            environment: GrubEnvironment? = nil
        ) {
            self.name = name
            self.loaders = loaders
            self.config = config
            self.environment = environment
        }
    }

    /// A program of the firmware's.
    package struct Loader: Codable, Sendable, Hashable {
        /// From the top of the partition: `EFI/debian/shimx64.efi`.
        package var path: String
        /// Bytes.
        package var size: UInt64
        /// CRC-32, to tell copies from one another; nil for images that are more than a loader.
        package var checksum: UInt32?
        /// A certificate comes with it; nil where that was not looked for.
        package var isSigned: Bool?
        /// What it holds where it is a kernel with all it needs.
        package var unified: UnifiedImage?
        /// What it holds where it is GRUB: prefix, configuration and modules.
        package var core: CoreImage?

        package init(
            path: String, size: UInt64, checksum: UInt32? = nil, isSigned: Bool? = nil,
            unified: UnifiedImage? = nil, core: CoreImage? = nil
        ) {
            self.path = path
            self.size = size
            self.checksum = checksum
            self.isSigned = isSigned
            self.unified = unified
            self.core = core
        }
    }

    /// The loader at a path, whose letters may be of either case, as FAT has it.
    package func loader(_ path: String) -> Loader? {
        vendors.lazy.flatMap(\.loaders).first { $0.path.lowercased() == path.lowercased() }
    }

    /// What lies in a directory of `EFI`.
    package func vendor(_ name: String) -> Vendor? {
        vendors.first { $0.name.lowercased() == name.lowercased() }
    }

    /// Where systems have theirs.
    package static let mountPoints = ["/boot/efi", "/efi"]

    package init(
        volume: VolumeID, vendors: [Vendor] = [], fallback: String? = nil, failures: [String] = []
    ) {
        self.volume = volume
        self.vendors = vendors
        self.fallback = fallback
        self.failures = failures
    }
}
