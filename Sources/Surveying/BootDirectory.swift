import BootFiles
import Storage

/// A directory that holds kernels, initramfs images or GRUB: the root of a /boot filesystem, or /boot inside a root.
package struct BootDirectory: Codable, Sendable, Hashable {
    package var volume: VolumeID
    /// "" where the filesystem itself is /boot, "/boot" where it is a directory of the root filesystem.
    package var path: String
    /// btrfs subvolume that `path` lies in, as GRUB names it from the top: "@".
    package var subvolume: String?
    package var kernels: [Kernel]
    package var images: [Image]
    /// Kernels and images that are links, and where they point: "vmlinuz" → "vmlinuz-6.1.0-28-amd64". One that leads out
    /// of a directory of the root is a kernel or an image as well.
    package var links: [String: String]
    package var grub: Grub?
    package var entries: [BLSEntry]
    /// Bytes free for new files; nil where it was not asked.
    package var free: UInt64?
    /// What could not be read of it.
    package var failures: [String]

    /// How GRUB names it: from the top of the filesystem, or from the default subvolume where it is told so.
    package func grubPath(isRelative: Bool) -> String {
        (isRelative ? "" : subvolume.map { "/" + $0 } ?? "") + path
    }

    /// `vmlinuz-…`: a kernel.
    package struct Kernel: Codable, Sendable, Hashable {
        package var file: String
        package var version: String?
        package var size: UInt64
        package init(file: String, version: String?, size: UInt64) {
            self.file = file
            self.version = version
            self.size = size
        }
    }

    /// An initramfs image and what is in it.
    package struct Image: Codable, Sendable, Hashable {
        package var file: String
        package var version: String?
        package var size: UInt64
        package var modified: Int64
        package var facts: InitramfsFacts?
        /// Why its contents are not known.
        package var failure: String?
        package init(
            file: String, version: String?, size: UInt64, modified: Int64 = 0, facts: InitramfsFacts? = nil,
            failure: String? = nil
        ) {
            self.file = file
            self.version = version
            self.size = size
            self.modified = modified
            self.facts = facts
            self.failure = failure
        }
    }

    /// The GRUB directory in it.
    package struct Grub: Codable, Sendable, Hashable {
        /// "grub" or "grub2".
        package var directory: String
        package var config: GrubConfig?
        package var environment: GrubEnvironment?
        /// `i386-pc/normal.mod` is there: the core image's next file.
        package var hasModules: Bool
        package var coreFingerprint: String?
        /// What normal.mod calls itself: "2.06-13+deb12u2".
        package var version: String?
        /// Modules that normal.mod needs and that are not there.
        package var absentModules: [String]
        package init(
            directory: String, config: GrubConfig? = nil, environment: GrubEnvironment? = nil,
            hasModules: Bool = false,
            coreFingerprint: String? = nil, version: String? = nil, absentModules: [String] = []
        ) {
            self.directory = directory
            self.config = config
            self.environment = environment
            self.hasModules = hasModules
            self.coreFingerprint = coreFingerprint
            self.version = version
            self.absentModules = absentModules
        }
    }

    package init(
        volume: VolumeID, path: String, subvolume: String? = nil, kernels: [Kernel] = [],
        images: [Image] = [],
        links: [String: String] = [:], grub: Grub? = nil, entries: [BLSEntry] = [], free: UInt64? = nil,
        failures: [String] = []
    ) {
        self.volume = volume
        self.path = path
        self.subvolume = subvolume
        self.kernels = kernels
        self.images = images
        self.links = links
        self.grub = grub
        self.entries = entries
        self.free = free
        self.failures = failures
    }
}
