/// One filesystem over several devices, which btrfs alone has: none of them holds it without the others.
extension StorageMap {
    /// The volumes that a filesystem is spread over, the given one among them. A device that shows up twice, a clone,
    /// counts once.
    package func spread(of volume: Volume) -> [Volume] {
        guard let signature = volume.signature, signature.devices != nil, let uuid = signature.uuid,
            signature.ambivalent.isEmpty
        else {
            return [volume]
        }
        var devices: Set<String> = []
        return volumes.filter { other in
            guard let one = other.signature, one.type == signature.type, one.uuid == uuid,
                one.ambivalent.isEmpty
            else { return false }
            return devices.insert(one.subUUID ?? other.id.rawValue).inserted
        }
    }

    /// The same by their names; an unknown volume stands for itself.
    package func spread(of id: VolumeID) -> [VolumeID] { volume(id).map { spread(of: $0).map(\.id) } ?? [id] }

    /// The one that stands for the whole filesystem.
    package func firstDevice(of volume: Volume) -> Volume { spread(of: volume).first ?? volume }

    /// It is a filesystem's second or third device: what is to be said of the filesystem is said of the first.
    package func isFurtherDevice(_ volume: Volume) -> Bool { firstDevice(of: volume).id != volume.id }

    /// Why a filesystem cannot be mounted as its devices are; nil where they are all here.
    package func incompleteness(of volume: Volume) -> String? {
        guard let all = volume.signature?.devices else { return nil }
        let here = spread(of: volume).count
        return here < all ? "of the \(all) devices of its btrfs only \(here) can be seen" : nil
    }
}
