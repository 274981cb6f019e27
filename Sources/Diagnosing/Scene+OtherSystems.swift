import BootFiles
import Storage
import Surveying

extension Scene {
    /// An entry of os-prober's, which starts another system from a filesystem of that one's. What searches for an old
    /// half of this system's /boot is none.
    func startsAnotherSystem(_ entry: GrubConfig.Entry) -> Bool {
        let found = Set(entry.searches.flatMap { storage.volumes(uuid: $0.value) }.map(\.id))
        guard !found.isEmpty else { return false }
        let own = [installation.root, boot?.volume].compactMap { $0 } + olderHalves.map(\.volume)
        guard found.isDisjoint(with: own) else { return false }
        return survey.bootDirectories.contains { found.contains($0.volume) }
            || survey.installations.contains { found.contains($0.root) }
    }

    /// Another system that shares /boot has its entries there too: their root is another that exists.
    func startsAnotherSystem(_ entry: BLSEntry) -> Bool {
        let words = entry.commandLine(environment: grub?.environment)
        guard let root = words.value(of: "root") else { return false }
        let found = volumes(named: root).map(\.id)
        return !found.contains(installation.root)
            && survey.installations.contains { found.contains($0.root) }
    }
}
