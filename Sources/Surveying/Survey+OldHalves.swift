import Storage

extension Survey {
    /// Tells installations from the copies of them that a mirror was made from.
    ///
    /// Whoever moves a root to an array or a volume group copies it, and the old partition keeps its files and, where
    /// the bytes were copied, its UUID. It is named, and not offered as a second system. A judgement over all that was
    /// found, since an old half becomes the only one when the disks of the mirror are gone.
    func withoutOldHalves() -> Survey {
        var survey = self
        let found = installations + rejected.compactMap(\.installation)
        survey.rejected.removeAll { $0.installation != nil }
        survey.installations = []
        for installation in found {
            guard let newer = storage.mirror(ofFilesystemOn: installation.root) else {
                survey.installations.append(installation)
                continue
            }
            let old = storage.volume(installation.root)
            survey.rejected.append(
                RejectedCandidate(
                    volume: installation.root, name: old?.name ?? installation.root.rawValue,
                    reason:
                        "an old half: the same filesystem (UUID \(old?.signature?.uuid ?? "?")) lives on \(newer.name)",
                    installation: installation))
        }
        let order = storage.order
        survey.installations.sort { order[$0.root] ?? .max < order[$1.root] ?? .max }
        survey.rejected.sort { order[$0.volume] ?? .max < order[$1.volume] ?? .max }
        return survey
    }
}

extension Volume {
    /// Its bytes are here: on a disk, or through a device that runs.
    package var isReadable: Bool { !copies.isEmpty || node != nil }
}

extension StorageMap {
    /// The array, logical volume or container that holds the filesystem whose bytes a plain partition still has.
    func mirror(ofFilesystemOn id: VolumeID) -> Volume? {
        guard let volume = volume(id), [.partition, .disk].contains(volume.kind),
            let uuid = volume.signature?.uuid
        else { return nil }
        return volumes(uuid: uuid).first { other in
            [.array, .logicalVolume, .container].contains(other.kind)
                && other.signature?.type == volume.signature?.type && other.isReadable
        }
    }
}
