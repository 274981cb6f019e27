import LibMount
import Testing

@testable import Sysimage

@Suite struct `looking without a trace` {
    @Test(arguments: [
        ("ext4", false, ["ro,noload"]), ("ext4", true, ["ro"]), ("xfs", false, ["ro,norecovery,nouuid"]),
        ("xfs", true, ["ro,nouuid"]), ("vfat", false, ["ro"]),
        ("btrfs", false, ["ro,rescue=nologreplay", "ro,norecovery", "ro,nologreplay", "ro"]),
    ])
    func `each filesystem is told to leave its log alone`(type: String, replaying: Bool, options: [String]) {
        #expect(
            LookingOptions.attempts(type: type, replaying: replaying).map(\.text)
                == options.map { $0 + ",nosuid,nodev,noexec" })
    }

    @Test func `a table joins loops end to end, in sectors`() {
        #expect(
            VolumeSource.linearTable([("/dev/loop0", 1 << 20), ("/dev/loop1", 4096)])
                == ["0 2048 linear /dev/loop0 0", "2048 8 linear /dev/loop1 0"])
    }

    @Test(
        arguments: [
            (
                "3,812,5;EXT4-fs (loop3): couldn't mount because of unsupported optional features (40000000)\n",
                "loop3",
                "couldn't mount because of unsupported optional features (40000000): bit 30"
            ),
            (
                "4,9,5;XFS (loop3): Superblock has unknown incompatible features (0x60) enabled.\n SUBSYSTEM=block\n",
                "loop3",
                "Superblock has unknown incompatible features (0x60) enabled.: large extent counts, exchange range"
            ),
            ("3,9,5;BTRFS error (device loop3): open_ctree failed", "loop3", "open_ctree failed"),
            ("6,9,5;EXT4-fs (loop4): mounted filesystem", "loop3", nil),
            ("6,9,5;XFS (loop3): Mounting V5 Filesystem", "loop3", nil),
            (
                "3,9,5;XFS (loop3): Deprecated V4 format (crc=0) not supported by kernel.", "loop3",
                "Deprecated V4 format (crc=0) not supported by kernel."
            ),
            ("3,9,5;XFS (loop3): SB validate failed with error -22.", "loop3", nil),
            ("3,9,5;XFS (loop3): Filesystem cannot be safely mounted by this kernel.", "loop3", nil),
            ("no semicolon", "loop3", nil), ("", "loop3", nil),
        ] as [(String, String, String?)])
    func `the kernel's sentence about a device is found and its bits are named`(
        record: String, device: String, sentence: String?
    ) {
        #expect(KernelMessages.message(record, about: device) == sentence)
    }

    @Test func `what this kernel does not read, another does, and which one is said`() {
        for (sentence, word) in [
            ("Deprecated V4 format (crc=0) not supported by kernel.", "XFS_SUPPORT_V4"),
            ("unknown filesystem type 'vfat'", "module"),
            (
                "Superblock has unknown incompatible features (0x20) enabled.: large extent counts",
                "newer kernel"
            ),
        ] {
            #expect(FilesystemFeatures.wayOut(of: sentence)?.contains(word) == true, "\(sentence)")
        }
        #expect(FilesystemFeatures.wayOut(of: "Internal error xfs_sb_read_verify") == nil)
    }

    @Test(
        arguments: [
            ("/", "/", ""), ("/", "/@/home", "@/home"), ("/@", "/@", ""), ("/@", "/@/home", "home"),
            ("/@home", "/@", nil),
        ] as [(String, String, String?)])
    func `a part of a filesystem shows below what is mounted of it`(
        root: String, wanted: String, rest: String?
    ) {
        #expect(LiveMounts.below(root, wanted) == rest)
    }
}
