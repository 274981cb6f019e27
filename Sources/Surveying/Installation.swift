import BootFiles
import Machine
import Storage

/// An installed system, found by the shape of its root and not by a correct fstab.
package struct Installation: Codable, Sendable, Hashable {
    /// The volume that holds its root.
    package var root: VolumeID
    /// btrfs subvolume of the root, "@".
    package var subvolume: String?
    package var release: OSRelease
    package var machineID: String?
    package var hostName: String?
    /// The running system is this very one.
    package var runsHere: Bool
    /// Its root's log is dirty and could not be replayed in memory: what hangs on its files is not certain.
    package var readUnreplayed: Bool
    /// Versions that have a module directory in /lib/modules.
    package var kernels: [String]
    /// Modules built into each of those kernels.
    package var builtIn: [String: [String]]
    /// For each of those kernels, the modules that drive a module alias of the disks' controllers.
    package var drivers: [String: [String: [String]]]
    package var fstab: TextFile?
    package var mdadmConf: TextFile?
    package var crypttab: TextFile?
    package var defaultGrub: TextFile?
    /// Other small text files that steps ask for, by path from "/": lvm.conf (its comments emptied),
    /// update-initramfs.conf, grub_installdevice, … of debconf's config.dat the one answer that matters.
    package var texts: [String: String]
    /// Programs that it has, of a closed list, each where it was first found in the tool directories.
    package var present: [String]
    package var programs: Set<Tool> {
        Set(KeptText.programs.filter { tool in present.contains { $0.hasSuffix("/" + tool.rawValue) } })
    }
    /// Rescues of it that are neither done nor taken back; nil in surveys of older versions.
    package var cutShort: [CutShortRun]?
    /// Swap files of its fstab that hold a hibernated system, by path; nil in surveys of older versions.
    package var hibernatedFiles: [String]?
    /// Its root is a snapshot that takes no writes; nil in surveys of older versions.
    package var isReadOnly: Bool?
    /// What could not be read of it.
    package var failures: [String]

    /// A text file as it is: its path inside the root, and its contents.
    package struct TextFile: Codable, Sendable, Hashable {
        package var path: String
        package var text: String
        package init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    package init(
        root: VolumeID, subvolume: String? = nil, release: OSRelease, machineID: String? = nil,
        hostName: String? = nil, runsHere: Bool = false, readUnreplayed: Bool = false, kernels: [String] = [],
        builtIn: [String: [String]] = [:], drivers: [String: [String: [String]]] = [:],
        fstab: TextFile? = nil,
        mdadmConf: TextFile? = nil, crypttab: TextFile? = nil, defaultGrub: TextFile? = nil,
        texts: [String: String] = [:], present: [String] = [], failures: [String] = []
    ) {
        self.root = root
        self.subvolume = subvolume
        self.release = release
        self.machineID = machineID
        self.hostName = hostName
        self.runsHere = runsHere
        self.readUnreplayed = readUnreplayed
        self.kernels = kernels
        self.builtIn = builtIn
        self.drivers = drivers
        self.fstab = fstab
        self.mdadmConf = mdadmConf
        self.crypttab = crypttab
        self.defaultGrub = defaultGrub
        self.texts = texts
        self.present = present
        self.failures = failures
    }
}
