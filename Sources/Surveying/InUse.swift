import BootFiles
import Glibc
import Machine
import Storage

/// What the system that bootmend runs from uses of the disks, as a rescue system that mounts and swaps by itself does.
package struct InUse: Codable, Sendable, Hashable {
    package var volume: VolumeID
    /// Where it is mounted; nil where it is swapped to.
    package var target: String?

    package init(volume: VolumeID, target: String?) {
        self.volume = volume
        self.target = target
    }

    static func all(_ storage: StorageMap, _ running: RunningSystem, _ root: RootDirectory) -> [InUse] {
        let swaps = ((try? root.text("proc/swaps")) ?? nil) ?? ""
        return running.mounted(storage).map { InUse(volume: $0.volume, target: $0.target) }
            + areas(swaps).flatMap { node in
                running.volumes(on: node, in: storage).map { InUse(volume: $0, target: nil) }
            }
    }

    /// The nodes of /proc/swaps, whose first line is a heading (mm/swapfile.c, swap_show).
    static func areas(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
            line.split(whereSeparator: \.isWhitespace).first.map(String.init)
        }.filter { $0.hasPrefix("/dev/") }
    }
}
