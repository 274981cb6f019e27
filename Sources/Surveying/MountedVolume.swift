import Storage

/// A volume that the running system has mounted, and where: what `check` holds against fstab.
package struct MountedVolume: Codable, Sendable, Hashable {
    package var volume: VolumeID
    package var target: String

    package init(volume: VolumeID, target: String) {
        self.volume = volume
        self.target = target
    }
}
