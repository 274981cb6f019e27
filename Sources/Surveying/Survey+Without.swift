import Storage

extension Survey {
    /// The survey as it would be with this disk unplugged: what "boots from A alone" is judged by.
    package func without(_ disk: VolumeID) -> Survey {
        var survey = self
        survey.storage = storage.without(disk)
        survey.diskBoots.removeAll { $0.disk == disk }
        let readable = Set(
            survey.storage.volumes.filter {
                $0.isReadable && survey.storage.incompleteness(of: $0) == nil
            }.map(\.id))
        survey.bootDirectories.removeAll { !readable.contains($0.volume) }
        survey.installations.removeAll { !readable.contains($0.root) }
        survey.rejected.removeAll { rejected in
            rejected.installation.map { !readable.contains($0.root) }
                ?? (survey.storage.volume(rejected.volume) == nil)
        }
        survey.mounted?.removeAll { !readable.contains($0.volume) }
        survey.esps.removeAll { !readable.contains($0.volume) }
        survey.takeOtherHalves(insteadOf: storage)
        // Controllers that are left decide which drivers are asked for.
        let aliases = Set(survey.storage.disks.flatMap(\.modaliases))
        for index in survey.installations.indices { survey.installations[index].keepDrivers(of: aliases) }
        for index in survey.rejected.indices { survey.rejected[index].installation?.keepDrivers(of: aliases) }
        for index in survey.otherHalves.indices {
            for number in survey.otherHalves[index].installations.indices {
                survey.otherHalves[index].installations[number].keepDrivers(of: aliases)
            }
        }
        // A volume that lost its last copy is a candidate that cannot be looked at, with a reason of its own.
        for volume in survey.storage.volumes {
            let isKnown = survey.rejected.contains { $0.volume == volume.id }
            guard !isKnown, case .rejected(let reason) = CandidateVolume(volume, in: survey.storage)
            else { continue }
            survey.rejected.append(
                RejectedCandidate(volume: volume.id, name: volume.name, reason: reason, isUnread: true))
        }
        return survey.withoutOldHalves()
    }
}

extension Installation {
    fileprivate mutating func keepDrivers(of aliases: Set<String>) {
        for (kernel, modules) in drivers { drivers[kernel] = modules.filter { aliases.contains($0.key) } }
    }
}
