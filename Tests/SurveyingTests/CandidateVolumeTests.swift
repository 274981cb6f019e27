import Storage
import Testing

@testable import Surveying

@Suite struct `candidates` {
    func volume(_ type: String?, _ kind: Volume.Kind = .partition, change: (inout Volume) -> Void = { _ in })
        -> Volume
    {
        var volume = Volume(
            id: VolumeID("/dev/sda1"), kind: kind, name: "/dev/sda1", size: 1 << 30,
            copies: [Copy(pieces: [Piece(disk: VolumeID("/dev/sda"), offset: 0, length: 1 << 30)])],
            signature: type.map { Signature(type: $0, usage: "filesystem") })
        change(&volume)
        return volume
    }

    @Test(arguments: ["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "vfat"])
    func `are filesystems that hold systems or their /boot`(type: String) {
        #expect(CandidateVolume(volume(type), in: StorageMap()) == .filesystem)
    }

    @Test(arguments: ["swap", "linux_raid_member", "LVM2_member", "ntfs", "crypto_LUKS", nil])
    func `are not what nobody would take for one`(type: String?) {
        #expect(CandidateVolume(volume(type), in: StorageMap()) == .passedOver)
    }

    @Test(arguments: ["iso9660", "squashfs"])
    func `are not live media, by name`(type: String) {
        guard case .rejected(let reason) = CandidateVolume(volume(type), in: StorageMap()) else {
            Issue.record("\(type) is taken")
            return
        }
        #expect(reason.contains("live medium"))
    }

    @Test func `keep the reason why they cannot be looked at`() {
        #expect(
            CandidateVolume(volume("ext4") { $0.failure = "cannot read" }, in: StorageMap())
                == .rejected("cannot read"))
        let locked = volume(nil, .container) { volume in
            volume.copies = []
            volume.unmapped = "locked (LUKS2)"
        }
        #expect(CandidateVolume(locked, in: StorageMap()) == .rejected("locked (LUKS2)"))
        let both = volume("ext4") { $0.signature?.ambivalent = ["xfs"] }
        #expect(
            CandidateVolume(both, in: StorageMap())
                == .rejected("it carries the marks of ext4 and xfs at once, and nobody can say which is true")
        )
    }
}
