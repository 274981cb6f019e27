import BootFiles
import Storage
import Surveying

/// Encrypted volumes, which crypttab(5) names and the boot opens before fstab is read.
extension Scene {
    /// The volumes that a source of fstab or of a kernel command line names, what crypttab calls them among the names.
    package func volumes(source: String) -> [Volume] {
        let found = storage.volumes(source: source)
        guard found.isEmpty, let entry = crypttab(source) else { return found }
        return storage.volumes(source: entry.source).compactMap(storage.volume(inside:))
    }

    /// Nothing of that name was found, and it may be what a container has that the boot opens and nobody has opened now:
    /// no answer can be given. What crypttab makes anew at each boot, a swap with a random key, has no answer either.
    package func isHidden(_ source: String) -> Bool {
        if let entry = crypttab(source) { return !storage.volumes(source: entry.source).isEmpty }
        return hasLockedContainers
    }

    /// A container of this system was not opened.
    private var hasLockedContainers: Bool {
        crypttab.flatMap { storage.volumes(source: $0.source) }
            .contains { storage.volume(inside: $0)?.unmapped != nil }
    }

    private func crypttab(_ source: String) -> Crypttab.Entry? {
        crypttab.last { source == "/dev/mapper/" + $0.name }
    }

    private var crypttab: [Crypttab.Entry] {
        Crypttab(parsing: installation.crypttab?.text ?? "").entries
    }
}
