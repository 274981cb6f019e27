/// What a grub.cfg names: entries, kernels, images, and every place that says where /boot is.
package struct GrubConfig: Codable, Sendable, Hashable {
    /// A value and the line it stands on, counted from 1.
    package struct Reference: Codable, Sendable, Hashable {
        package var line: Int
        package var value: String
        package init(line: Int, value: String) {
            self.line = line
            self.value = value
        }
    }

    /// Where a menu entry or submenu stands in its menu, for `set default=`.
    package struct Place: Codable, Sendable, Hashable {
        /// Counted from 0.
        package var index: Int
        package var title: String
        package var id: String?
        package init(index: Int, title: String, id: String? = nil) {
            self.index = index
            self.title = title
            self.id = id
        }
    }

    /// One menu entry, submenus flattened.
    package struct Entry: Codable, Sendable, Hashable {
        package var line: Int
        package var title: String
        package var id: String?
        /// `linux`, `linux16` or `linuxefi`: the kernel's path as GRUB sees it, without a device in brackets.
        package var kernel: Reference?
        package var arguments: String
        /// `linux16` or `linuxefi`, where it is not plain `linux` that starts the kernel.
        package var loadedBy: String?
        package var initrds: [Reference]
        /// `search --fs-uuid`: what the entry looks for.
        package var searches: [Reference]
        /// `set root='…'`.
        package var roots: [Reference]
        package var modules: [String]
        /// Its number in its menu, counted from 0.
        package var index: Int
        /// The submenus it lies in, outermost first.
        package var submenus: [Place]
        /// `fwsetup`: it leads into the firmware's setup and starts nothing. In a menu that BIOS started GRUB leaves it
        /// out (util/grub.d/30_uefi-firmware.in).
        package var opensSetup: Bool?
        package var startsSomething: Bool { opensSetup != true }

        package init(
            line: Int, title: String, id: String? = nil, kernel: Reference? = nil, arguments: String = "",
            loadedBy: String? = nil,
            initrds: [Reference] = [], searches: [Reference] = [], roots: [Reference] = [],
            modules: [String] = [],
            index: Int = 0, submenus: [Place] = [], opensSetup: Bool? = nil
        ) {
            self.line = line
            self.title = title
            self.id = id
            self.kernel = kernel
            self.arguments = arguments
            self.loadedBy = loadedBy
            self.initrds = initrds
            self.searches = searches
            self.roots = roots
            self.modules = modules
            self.index = index
            self.submenus = submenus
            self.opensSetup = opensSetup
        }
    }

    package var entries: [Entry]
    /// Searches, roots and modules outside of any entry (header, fonts).
    package var searches: [Reference]
    package var roots: [Reference]
    package var modules: [String]
    /// It reads its entries from BLS files (`blscfg`, `bls_import`).
    package var readsEntries: Bool
    /// `set default=`, `set timeout=`.
    package var defaultEntry: String?
    package var timeout: String?
    /// `set kernelopts=`: what BLS entries of RHEL 8 get where grubenv has no kernelopts.
    package var kernelopts: Reference?
    /// `set btrfs_relative_path=y`: paths on a btrfs begin at its default subvolume, not at its top (SUSE's patch to
    /// grub-core/fs/btrfs.c); nil where nothing is said.
    package var isRelative: Bool?
    /// `set prefix=`, in the stub on an ESP and the configuration inside a core image.
    package var prefix: Reference?
    /// `configfile`: the file that a stub goes on with.
    package var configfile: Reference?
    /// Why it could not be read to its end: "line 40: a quote is never closed".
    package var damage: String?

    package init(
        entries: [Entry] = [], searches: [Reference] = [], roots: [Reference] = [], modules: [String] = [],
        readsEntries: Bool = false, defaultEntry: String? = nil, timeout: String? = nil,
        kernelopts: Reference? = nil,
        prefix: Reference? = nil, configfile: Reference? = nil, damage: String? = nil
    ) {
        self.entries = entries
        self.searches = searches
        self.roots = roots
        self.modules = modules
        self.readsEntries = readsEntries
        self.defaultEntry = defaultEntry
        self.timeout = timeout
        self.kernelopts = kernelopts
        self.prefix = prefix
        self.configfile = configfile
        self.damage = damage
    }
}
