import Storage

/// What a survey is asked to look at, and how it may ask back.
package struct SurveyRequest: Sendable {
    /// Where to look.
    package enum Disks: Sendable, Hashable {
        /// Every disk of the machine that bootmend runs on.
        case system
        /// These block devices or image files.
        case paths([String])
    }

    package var disks: Disks
    /// Also takes the system that bootmend runs from for an installation: `check`, `verify`, `--root /`.
    package var includeRunning: Bool
    /// `--root`: containers are opened too where it means nothing that lies open.
    package var root: String?
    /// Asked for the passphrase of a LUKS container, named; nil leaves it locked.
    package var passphrase: @Sendable (_ container: String) -> [UInt8]?
    /// Told once per phase what is being done, as a line for people.
    package var progress: @Sendable (_ line: String) -> Void

    package init(
        _ disks: Disks = .system, includeRunning: Bool = false, root: String? = nil,
        passphrase: @escaping @Sendable (_ container: String) -> [UInt8]? = { _ in nil },
        progress: @escaping @Sendable (_ line: String) -> Void = { _ in }
    ) {
        self.disks = disks
        self.includeRunning = includeRunning
        self.root = root
        self.passphrase = passphrase
        self.progress = progress
    }
}
