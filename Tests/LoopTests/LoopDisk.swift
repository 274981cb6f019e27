import Glibc
import Storage
import TestFiles
import Testing

/// Whether disks can be made and mounted here without anybody else seeing it.
///
/// The namespace is made before the tests start, since unshare(2) moves only the thread that calls it.
enum LoopGround {
    static let hint: Comment =
        "needs root and mounts of its own: 'scripts/test', or 'unshare -m swift test --filter LoopTests'"

    /// A namespace is one's own where some ancestor has another.
    static var isReady: Bool {
        guard geteuid() == 0, let own = link("/proc/self/ns/mnt") else { return false }
        var ancestor = getppid()
        for _ in 0..<64 where ancestor > 0 {
            if let theirs = link("/proc/\(ancestor)/ns/mnt"), theirs != own { return true }
            // proc_pid_stat(5): the parent is the second field after the name, which ends at the last parenthesis.
            let fields = output(of: "cat /proc/\(ancestor)/stat").split(separator: ")").last?.split(
                separator: " ")
            ancestor = fields.flatMap { $0.count > 1 ? pid_t($0[1]) : nil } ?? 0
        }
        return false
    }

    static var hasDeviceMapper: Bool {
        let control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC)
        if control >= 0 { close(control) }
        return control >= 0
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0
            ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}

/// Every test that makes disks, one after the other: what one leaves behind another would find.
@Suite(.enabled(if: LoopGround.isReady, LoopGround.hint), .serialized)
enum LoopTests {}

/// Runs a line of shell and expects it to succeed.
func shell(_ line: String, location: SourceLocation = #_sourceLocation) throws {
    let status = system("{ \(line)\n} >/dev/null 2>&1")
    try #require(status == 0, "\(line)", sourceLocation: location)
}

/// What a line of shell prints.
func output(of line: String) -> String {
    guard let pipe = popen(line, "r") else { return "" }
    defer { pclose(pipe) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let got = fread(&buffer, 1, buffer.count, pipe)
        guard got > 0 else { break }
        text += buffer.prefix(got)
    }
    return String(decoding: text, as: UTF8.self)
}

/// A disk image in a directory that goes with it.
final class LoopDisk {
    private let place: TemporaryDirectory
    var directory: String { place.path }
    var image: String { directory + "/disk.img" }

    /// `making` is shell that makes `$IMAGE`; `$DIR` is a directory to work in, `$MNT` one to mount on. Throws where a
    /// line of it fails.
    init(_ making: String, location: SourceLocation = #_sourceLocation) throws {
        place = try TemporaryDirectory(in: "/var/tmp")
        mkdir(directory + "/mnt", 0o755)
        try shell(
            "set -e; DIR=\(directory) IMAGE=\(directory)/disk.img MNT=\(directory)/mnt\n\(making)",
            location: location)
    }

    var hash: String { String(output(of: "sha256sum \(image)").prefix(64)) }

    var size: UInt64 {
        var status = stat()
        return stat(image, &status) == 0 ? UInt64(status.st_size) : 0
    }

    /// A volume of the image, from a byte to a byte.
    func volume(
        _ type: String, at offset: UInt64 = 0, length: UInt64? = nil, log: LogState? = .clean,
        node: String? = nil
    ) -> Volume {
        Volume(
            id: VolumeID(image + "#1"), kind: .partition, name: image + "#1", node: node,
            size: length ?? size - offset,
            copies: [
                Copy(pieces: [Piece(disk: VolumeID(image), offset: offset, length: length ?? size - offset)])
            ],
            signature: Signature(type: type, usage: "filesystem"), log: log)
    }

    deinit { _ = system("umount -q \(directory)/mnt") }
}

/// What a test might leave behind: mounts, loop devices over its image, mapped devices.
struct Traces: Equatable, CustomStringConvertible {
    let mounts: Set<String>
    let loops: Set<String>

    init(of disk: LoopDisk) {
        mounts = Set(
            output(of: "cut -d' ' -f5,10- /proc/self/mountinfo").split(separator: "\n").map(String.init))
        loops = Set(
            output(of: "losetup -n -l -O NAME -j \(disk.image)").split(separator: "\n").map(String.init))
    }

    var description: String { "loops \(loops.sorted()), \(mounts.count) mounts" }
}

/// Shell lines for filesystems whose log is not empty: copied while they are mounted and in use.
enum Dirty {
    static let ext4 = """
        truncate -s 64M $DIR/live.img; mkfs.ext4 -q $DIR/live.img
        mount -o loop $DIR/live.img $MNT; mkdir $MNT/etc; echo debian > $MNT/etc/os-release; sync -f $MNT
        echo later > $MNT/etc/later
        exec 9> $MNT/orphan; echo gone >&9; rm $MNT/orphan; sync -f $MNT
        cp $DIR/live.img $IMAGE; exec 9>&-; umount $MNT
        dumpe2fs -h $IMAGE | grep -q needs_recovery
        # The list of orphans begins in the superblock: inode 11 is lost+found's, so the first file's is 12.
        debugfs -w -R 'ssv last_orphan 14' $IMAGE; debugfs -w -R 'sif <14> links_count 0' $IMAGE
        """
    static let xfs = """
        truncate -s 320M $DIR/live.img; mkfs.xfs -q $DIR/live.img
        mount -o loop $DIR/live.img $MNT; mkdir $MNT/etc; echo rhel > $MNT/etc/os-release; sync -f $MNT
        xfs_freeze -f $MNT; xfs_freeze -u $MNT; echo later > $MNT/etc/later; sync -f $MNT
        cp --sparse=always $DIR/live.img $IMAGE; umount $MNT
        xfs_logprint -t $IMAGE | grep -q DIRTY
        """
}
