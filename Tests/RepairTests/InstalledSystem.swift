import Changes
import Glibc
import Machine
import Repair
import Synchronization
import TestFiles
import Testing

/// A small installed system in a directory of its own: busybox, a few files, and tools that are scripts.
final class InstalledSystem {
    private let place: TemporaryDirectory
    var directory: String { place.path }
    let root: String
    let run: String
    private var mounts: [String] = []

    static let canRun = geteuid() == 0 && access("/usr/bin/busybox", X_OK) == 0
    static let reason: Comment = "needs root, busybox-static, cpio and attr (apt-get install)"

    init() throws {
        place = try TemporaryDirectory()
        let directory = place.path
        root = directory + "/root"
        // As /run is: memory, where a flush costs nothing.
        run = (access("/dev/shm", W_OK) == 0 ? "/dev/shm" + directory.dropFirst(4) : directory) + "/run"
        try shell(
            """
            mkdir -p '\(root)/bin' '\(root)/proc' '\(root)/dev' '\(root)/tmp' '\(root)/etc' '\(root)/usr/sbin'
            mkdir -p '\(root)/boot/grub/i386-pc' '\(root)/var/lib' '\(run)'
            cp /usr/bin/busybox '\(root)/bin/busybox'
            for i in sh true cat cp mv rm dd head kill sleep mkdir ls chmod ln; do ln -s busybox '\(root)/bin/'$i; done
            mknod -m 666 '\(root)/dev/null' c 1 3
            mknod -m 666 '\(root)/dev/zero' c 1 5
            """)
    }

    deinit {
        for mount in mounts.reversed() { umount2(mount, Int32(MNT_DETACH)) }
        _ = try? shell("rm -rf --one-file-system '\(run.dropLast(4))'")
    }

    @discardableResult
    func shell(_ line: String) throws -> String {
        let result = try Command(.shell, "-ec", line).run()
        guard result.succeeded else { throw SystemError("run", line, detail: result.complaint) }
        return result.text
    }

    /// A disk of two partitions and noise, under the same path inside and outside of the root, and GRUB's first sectors in
    /// `/good`.
    func disk() throws -> String {
        let disk = directory + "/disk.img"
        let here = #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
        try shell(
            """
            cp '\(here)/BootFilesTests/Fixtures/GRUB/array.img' '\(root)/good'
            head -c 4194304 /dev/urandom >'\(disk)'
            printf 'label: dos\\n2048,1M,fd\\n4096,,8e\\n' | sfdisk -q '\(disk)'
            mkdir -p '\(root)\(directory)'; ln '\(disk)' '\(root)\(disk)'
            """)
        return disk
    }

    func write(_ text: String, to path: String, mode: mode_t = 0o644) throws {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        try shell("mkdir -p '\(root)/\(parent)'")
        let file = try Descriptor(opening: root + path, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        try file.write(Array(text.utf8), at: 0, of: path)
        chmod(root + path, mode)
    }

    /// A tool of the installed system.
    func tool(_ tool: Tool, _ script: String) throws {
        try write("#!/bin/sh\n" + script + "\n", to: "/usr/sbin/" + tool.rawValue, mode: 0o755)
    }

    func text(_ path: String) throws -> String? { try RootDirectory(root).text(path) }

    func exists(_ path: String) -> Bool { access(root + path, F_OK) == 0 }

    /// A filesystem of its own under `path`, so many MiB large.
    func mountFilesystem(_ kind: String, at path: String, mebibytes: Int) throws {
        let image = directory + "/" + path.filter { $0 != "/" } + ".img"
        try shell(
            "truncate -s \(mebibytes)M '\(image)'; mkfs.\(kind) -q '\(image)'; mkdir -p '\(root)\(path)'")
        try shell("mount -o loop '\(image)' '\(root)\(path)'")
        mounts.append(root + path)
    }

    func target(interrupted: @escaping @Sendable () -> Bool = { false }) -> RepairTarget {
        RepairTarget(
            root: root, runDirectory: run, settlesBoot: !mounts.isEmpty, patience: 60_000,
            isInterrupted: interrupted)
    }

    /// Applies changes, each a remedy of its own.
    func apply(
        _ changes: [Change], interrupted: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (RepairProgress) -> Void = { _ in }
    ) -> Outcome {
        let remedies = changes.map { Remedy(step: .fstab, title: $0.kind, changes: [$0]) }
        let plan = Plan(installation: "/dev/test", remedies: remedies)
        return Repair.apply(plan, to: target(interrupted: interrupted), progress: progress)
    }

    func undo(_ id: String? = nil, evenIfChanged: Bool = false) throws -> Undo.Report {
        try Undo.run(id: id, target: target(), evenIfChanged: evenIfChanged)
    }

    /// Everything there is, but for the journals: kind, owner, mode, times of files, extended attributes, bytes.
    func snapshot() throws -> [String] {
        let line = """
            cd '\(root)'
            find . \\( -path ./var/lib/bootmend -o -path ./proc -o -name disk.img \\) -prune -o -printf '%p|%y|%m|%U|%G|%l|' \
                \\( -type f -printf '%T@|%s' \\) -printf '\\n' -o -printf '\\n' | grep -v '^./var/lib|' | sort
            find . \\( -path ./var/lib/bootmend -o -path ./proc -o -name disk.img \\) -prune -o -type f -print | sort | xargs -d '\\n' sha256sum
            getfattr -R -h -d -m - -e hex boot etc 2>/dev/null
            """
        return try shell(line).split(separator: "\n").map(String.init)
    }
}

extension Outcome {
    var id: String? { if case .applied(let id, _) = self { id } else { nil } }
    var failure: RepairFailure? { if case .rolledBack(let failure) = self { failure } else { nil } }
}

/// Something that progress can be written into from any thread.
final class Seen: Sendable {
    private let all = Mutex<[RepairProgress]>([])
    func add(_ progress: RepairProgress) { all.withLock { $0.append(progress) } }
    var events: [RepairProgress] { all.withLock { $0 } }
}

extension Change {
    /// As the planner makes it.
    static func image(_ kernel: String = "6.1.0-test", in directory: String = "/boot") -> Change {
        let path = directory + "/initrd.img-" + kernel
        return .build(
            path: path, output: path + ".bootmend",
            command: Command(.mkinitramfs, "-o", path + ".bootmend", kernel),
            result: .initramfs(kernel: kernel))
    }

    static let menu = Change.build(
        path: "/boot/grub/grub.cfg", output: "/boot/grub/grub.cfg.bootmend",
        command: Command(.grubMkconfig, "-o", "/boot/grub/grub.cfg.bootmend"), result: .grubConfig)
}
