import Changes
import Machine

/// The installed system that is being put right, as far as writing to it goes.
package struct RepairTarget: Sendable {
    /// Where its root lies when it is open: "/mnt/sysimage".
    package var root: String
    /// Performs the plan's `open` change: assembles, activates and mounts, so that `root` is there.
    package var open: @Sendable (_ actions: [String]) throws -> Void
    /// Gives `work` the filesystem of an older /boot, read-only.
    package var looking:
        @Sendable (_ old: Change.OldBoot, _ work: (RootDirectory) throws -> Void) throws -> Void
    /// Asked between changes and while tools run: the person wants it to stop.
    package var isInterrupted: @Sendable () -> Bool
    /// What tells this system from others, whose journals may lie beside its own: its root filesystem's UUID.
    package var system: String?
    /// Where journals go instead of the installed system's /var/lib/bootmend, in the rescue system's tree.
    package var journalDirectory: String?
    package var runDirectory: String
    /// Freezes and thaws the filesystem under /boot after each change, since GRUB reads it without its log.
    package var settlesBoot: Bool
    /// Milliseconds a tool may take.
    package var patience: Int

    package static let usualRunDirectory = "/run/bootmend"

    package init(
        root: String, system: String? = nil, journalDirectory: String? = nil,
        runDirectory: String = usualRunDirectory,
        settlesBoot: Bool = true, patience: Int = 3_600_000,
        open: @escaping @Sendable (_ actions: [String]) throws -> Void = { _ in },
        looking:
            @escaping @Sendable (
                _ old: Change.OldBoot, _ work: (RootDirectory) throws -> Void
            ) throws -> Void = { old, _ in throw SystemError("look at", old.name, detail: "it is not here") },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
        self.root = root
        self.system = system
        self.journalDirectory = journalDirectory
        self.runDirectory = runDirectory
        self.settlesBoot = settlesBoot
        self.patience = patience
        self.open = open
        self.looking = looking
        self.isInterrupted = isInterrupted
    }

    /// The root and the directory in it where journals lie, once the target is open.
    func journals() throws(SystemError) -> (root: RootDirectory, base: String) {
        guard let journalDirectory else { return (try RootDirectory(root), Journal.directory) }
        return (try RootDirectory(journalDirectory), "")
    }
}
