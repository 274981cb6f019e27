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

    /// What crypttab calls the containers of this system: an initramfs that is built while they go by other names leaves
    /// them out (cryptsetup-initramfs, hooks/cryptroot).
    package var containerNames: [VolumeID: String] {
        var names: [VolumeID: String] = [:]
        for entry in crypttab where Self.isMapperName(entry.name) {
            let inside = storage.volumes(source: entry.source).compactMap(storage.volume(inside:))
            let isTaken =
                names.values.contains(entry.name)
                || storage.volumes.contains { $0.node == "/dev/mapper/" + entry.name }
            if inside.count == 1, names[inside[0].id] == nil, !isTaken { names[inside[0].id] = entry.name }
        }
        return names
    }

    // What libdevmapper takes as it is (libdm-common.c, DM_STRING_MANGLING; DM_NAME_LEN).
    private static func isMapperName(_ name: String) -> Bool {
        (1..<128).contains(name.utf8.count) && ![".", "..", "control"].contains(name)
            && name.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                    || "#+-.:=@_".unicodeScalars.contains(scalar)
            }
    }

    /// crypttab names these containers, and no other.
    func namesOnly(_ containers: [VolumeID]) -> Bool {
        let named = crypttab.map { storage.volumes(source: $0.source).compactMap(storage.volume(inside:)) }
        return !named.isEmpty && named.allSatisfy { $0.count == 1 }
            && Set(named.joined().map(\.id)) == Set(containers)
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
