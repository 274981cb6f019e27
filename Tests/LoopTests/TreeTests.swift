import Glibc
import LibMount
import Machine
import Storage
import Testing

@testable import Repair
@testable import Sysimage

/// A disk that holds a root, a /boot and an old /boot, each behind a loop device, as an opened system is.
private final class OpenedSystem {
    let root: LoopDisk
    let boot: LoopDisk
    let old: LoopDisk
    let place: LoopDisk
    var path: String { place.directory + "/mnt" }

    init(fstab: String) throws {
        root = try LoopDisk(
            """
            truncate -s 48M $IMAGE; mkfs.ext4 -q -L root $IMAGE; mount -o loop $IMAGE $MNT; cd $MNT
            mkdir -p dev proc sys run boot srv/data home etc bin lib lib64 usr mnt
            ln -s /srv/data data; ln -s / loopback
            printf '%s\\n' '\(fstab)' > etc/fstab; cd /; umount $MNT; losetup -f $IMAGE
            """)
        boot = try LoopDisk("truncate -s 16M $IMAGE; mkfs.ext4 -q -L boot $IMAGE; losetup -f $IMAGE")
        old = try LoopDisk("truncate -s 16M $IMAGE; mkfs.ext4 -q -L old $IMAGE; losetup -f $IMAGE")
        place = try LoopDisk("true")
    }

    static func node(_ disk: LoopDisk) -> String {
        output(of: "losetup -n -O NAME -j \(disk.image)").filter { $0 != "\n" }
    }

    func volume(_ disk: LoopDisk) -> Volume {
        var volume = disk.volume("ext4", node: Self.node(disk))
        let label = output(of: "blkid -p -s LABEL -o value \(disk.image)").filter { $0 != "\n" }
        volume.signature = Signature(type: "ext4", usage: "filesystem", label: label)
        return volume
    }

    var map: StorageMap { StorageMap(volumes: [volume(root), volume(boot), volume(old)]) }

    func plan(boot: VolumeID? = nil) throws -> TreePlan {
        let look = try Looking(volume(root), in: map, at: LookingPlace())
        let text = try look.root().text("/etc/fstab") ?? ""
        try look.end()
        return TreePlan(root: volume(root), fstab: Fstab(parsing: text).entries, boot: boot, in: map)
    }

    deinit {
        _ = system(
            "umount -q -R \(path); for i in \(root.image) \(boot.image) \(old.image); do losetup -d $(losetup -n -O NAME -j $i); done"
        )
    }
}

extension LoopTests {
    @Suite struct `the tree` {
        let fstab =
            "LABEL=root / ext4 defaults 0 1\nnonsense\nLABEL=gone /home ext4 defaults 0 2\nLABEL=boot /boot ext4 noatime,x-a=b 0 2\nLABEL=old /data ext4 defaults 0 2"

        @Test func `root, then what fstab names, and one bad line stops nothing`() throws {
            let system = try OpenedSystem(fstab: fstab)
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            #expect(tree.mounts == [system.path, system.path + "/boot", system.path + "/srv/data"])
            #expect(tree.skipped.map(\.reason) == ["there is no LABEL=gone"])
            #expect(tree.skipped.map(\.isMissing) == [true])
            let live = try LiveMount.all()
            #expect(live.last { $0.target == system.path + "/boot" }?.options.contains("noatime") == true)
            try shell("touch \(system.path)/boot/written")
            #expect(tree.unmount() == [])
            #expect(tree.mounts == [])
            #expect(try !LiveMount.all().contains { $0.target.hasPrefix(system.path) })
        }

        @Test func `a filesystem that is written to and cannot be is told, and others are passed over`()
            throws
        {
            let system = try OpenedSystem(fstab: fstab)
            let spoil = { (disk: LoopDisk) in
                try shell("debugfs -w -R 'ssv feature_ro_compat 0x80000000' \(OpenedSystem.node(disk))")
            }
            try spoil(system.old)
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            #expect(tree.skipped.map(\.target) == ["/home", "/data"])
            #expect(tree.whyNotWritable == nil)
            #expect(tree.unmount() == [])
            try spoil(system.boot)
            tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            #expect(tree.whyNotWritable?.subject == system.volume(system.boot).name)
            #expect(tree.unmount() == [])
        }

        @Test func `what a process that is gone has left frozen is thawed before it is written to`() throws {
            let system = try OpenedSystem(fstab: fstab)
            let other = system.place.directory + "/frozen"
            let node = OpenedSystem.node(system.boot)
            try shell("mkdir \(other); mount \(node) \(other); fsfreeze -f \(other); umount \(other)")
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            // In the background: who writes to a frozen filesystem cannot be killed.
            try shell("(touch \(system.path)/boot/written) >/dev/null 2>&1 &")
            let written = output(
                of:
                    "for i in 1 2 3 4 5 6 7 8; do [ -e \(system.path)/boot/written ] && echo yes && break; sleep 0.5; done"
            )
            #expect(written == "yes\n")
            if written.isEmpty { try shell("fsfreeze -u \(system.path)/boot") }
            #expect(tree.unmount() == [])
        }

        @Test func `an ESP that cannot be mounted has no directory that would take its files`() throws {
            let system = try OpenedSystem(fstab: "LABEL=root / ext4 defaults 0 1")
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            tree.furnish(isUEFI: false)
            let inside = "/run/bootmend-esp/aaaaaaaa-01"
            tree.addESPs([(system.volume(system.old).id, inside)], in: system.map, nodes: [:])
            #expect(tree.skipped.map(\.isMissing) == [true])
            #expect(access(system.path + "/run/bootmend-esp", F_OK) == 0)
            #expect(access(system.path + inside, F_OK) != 0)
            #expect(tree.unmount() == [])
        }

        @Test func `a program that is hidden cannot be run until the tree is gone`() throws {
            let system = try OpenedSystem(fstab: fstab)
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            let prober = system.path + "/usr/bin/os-prober"
            try shell(
                "mkdir -p \(system.path)/usr/bin; echo '#!/bin/sh' >\(prober); chmod 755 \(prober); \(prober)"
            )
            try tree.hide(["/usr/bin/os-prober", "/usr/bin/linux-boot-prober"])
            try shell("! test -x \(prober) && ! \(prober)")
            #expect(tree.unmount() == [])
            try shell("mount \(OpenedSystem.node(system.root)) \(system.path); \(prober)")
        }

        @Test func `the true boot goes where fstab has another`() throws {
            let system = try OpenedSystem(
                fstab: "LABEL=root / ext4 defaults 0 1\nLABEL=old /boot ext4 defaults 0 2")
            var tree = try MountedTree(
                system.plan(boot: system.volume(system.boot).id), in: system.map, nodes: [:], at: system.path)
            let live = try LiveMount.all().last { $0.target == system.path + "/boot" }
            #expect(live?.source == OpenedSystem.node(system.boot))
            #expect(tree.unmount() == [])
        }

        @Test func `programs inside find devices, processes, and a run of their own`() throws {
            let system = try OpenedSystem(fstab: fstab)
            try shell("mkdir -p /run/udev; touch /run/udev/of-the-medium /run/of-the-medium")
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            tree.furnish(isUEFI: false)
            defer { _ = tree.unmount() }
            #expect(access(system.path + "/dev/null", F_OK) == 0)
            #expect(access(system.path + "/proc/self/mountinfo", F_OK) == 0)
            #expect(access(system.path + "/sys/block", F_OK) == 0)
            #expect(access(system.path + "/run/udev/of-the-medium", F_OK) == 0)
            #expect(access(system.path + "/run/of-the-medium", F_OK) != 0)
            #expect(tree.unmount() == [])
            #expect(access("/run/udev/of-the-medium", F_OK) == 0)
            #expect(try !LiveMount.all().contains { $0.target.hasPrefix(system.path) })
        }

        @Test(arguments: [false, true])
        func `what started the medium does not show inside`(isUEFI: Bool) throws {
            let system = try OpenedSystem(fstab: fstab)
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            tree.furnish(isUEFI: isUEFI)
            #expect((access(system.path + "/sys/firmware/efi", F_OK) == 0) == isUEFI)
            #expect(tree.unmount() == [])
            #expect(try !LiveMount.all().contains { $0.target.hasPrefix(system.path) })
        }

        @Test func `a system that the medium has mounted there is adopted and stays`() throws {
            let system = try OpenedSystem(fstab: fstab)
            try shell("mount \(OpenedSystem.node(system.root)) \(system.path)")
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            #expect(tree.mounts == [system.path + "/boot", system.path + "/srv/data"])
            #expect(tree.unmount() == [])
            #expect(try LiveMount.all().contains { $0.target == system.path })
        }

        @Test func `what somebody mounted in an adopted tree stays`() throws {
            let system = try OpenedSystem(fstab: fstab)
            try shell(
                "mount \(OpenedSystem.node(system.root)) \(system.path); mkdir -p \(system.path)/run /run/inner;"
                    + "mount -t tmpfs inner /run/inner; mount --rbind /run \(system.path)/run")
            func theirs() throws -> [LiveMount] {
                try LiveMount.all().filter { $0.target.hasPrefix(system.path + "/run") }
            }
            let before = try theirs()
            #expect(before.map(\.target).contains(system.path + "/run/inner"))
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            tree.furnish(isUEFI: false)
            #expect(try theirs().count > before.count)
            #expect(tree.unmount() == [])
            #expect(try theirs() == before)
            try shell("umount -R \(system.path)/run; umount /run/inner")
        }

        @Test func `a filesystem that is mounted elsewhere is bound, not mounted twice`() throws {
            let system = try OpenedSystem(fstab: fstab)
            let elsewhere = system.boot.directory + "/mnt"
            try shell("mount \(OpenedSystem.node(system.boot)) \(elsewhere); touch \(elsewhere)/here")
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            #expect(access(system.path + "/boot/here", F_OK) == 0)
            #expect(tree.unmount() == [])
            #expect(access(elsewhere + "/here", F_OK) == 0)
        }

        @Test func `another system that is mounted there is an error with a way out`() throws {
            let system = try OpenedSystem(fstab: fstab)
            try shell("mount \(OpenedSystem.node(system.old)) \(system.path)")
            let error = try #require(throws: SystemError.self) {
                _ = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            }
            #expect(
                error.description.contains(
                    "another system is mounted there (\(OpenedSystem.node(system.old)), ext4)"))
            #expect(error.hint == "unmount it first: umount -R \(system.path)")
        }

        @Test func `what is in use is reported, and the rest goes`() throws {
            let system = try OpenedSystem(fstab: fstab)
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            let held = open(system.path + "/boot", O_RDONLY | O_CLOEXEC)
            let failures = tree.unmount()
            #expect(failures.count == 2)
            #expect(failures.first?.description.contains(system.path + "/boot") == true)
            #expect(tree.mounts == [system.path, system.path + "/boot"])
            close(held)
            #expect(tree.unmount() == [])
        }

        @Test func `a tree to look at changes no byte of its disks`() throws {
            let system = try OpenedSystem(fstab: fstab)
            let hashes = [system.root.hash, system.boot.hash]
            var tree = try MountedTree(
                system.plan(), in: system.map, nodes: [:], at: system.path, readOnly: true)
            #expect(tree.mounts.count == 3)
            #expect(open(system.path + "/boot/new", O_CREAT | O_WRONLY, 0o600) == -1)
            // A shell in it is a program of its own.
            #expect(
                try LiveMount.all().last { $0.target == system.path }?.options.contains("noexec") == false)
            #expect(tree.unmount() == [])
            #expect([system.root.hash, system.boot.hash] == hashes)
            #expect(
                output(of: "losetup -n -O NAME -j \(system.root.image)").split(separator: "\n").count == 1)
        }

        @Test func `every mount is told of before it is there, so that a killed run leaves nothing unknown`()
            throws
        {
            let system = try OpenedSystem(fstab: fstab)
            var told: [String] = []
            let recording: MountedTree.Recording = { tree throws(SystemError) in
                let live = LiveMounts()
                let next = tree.mounts.last ?? ""
                #expect(live.on(next) == nil)
                #expect(tree.mounts.dropLast().allSatisfy { live.on($0) != nil })
                told.append(next)
            }
            var tree = try MountedTree(
                system.plan(), in: system.map, nodes: [:], at: system.path, recording: recording)
            tree.furnish(isUEFI: false, recording: recording)
            #expect(
                tree.mounts.filter { !told.contains($0) }.allSatisfy {
                    $0.contains("/dev/") || $0.contains("/sys/")
                })
            #expect(told.prefix(4) == ["", "/boot", "/srv/data", "/dev"].map { system.path + $0 }[...])

            // Killed right after /dev: what came along with it is not in the record, and goes all the same.
            let record = RunRecord("mounted.json", in: system.place.directory)
            let half = MountedTree(path: system.path, mounts: told, skipped: [], mapped: [])
            try SysimageState(
                tree: half, root: system.volume(system.root).id, isReadOnly: false, name: "x", isWhole: false
            ).save(record)
            var state = try #require(try SysimageState.load(record))
            #expect(!state.isWhole)
            #expect(state.tree.unmount() == [])
            #expect(try !LiveMount.all().contains { $0.target.hasPrefix(system.path) })
            #expect(try SysimageState.load(record) == nil)
        }

        @Test func `a link in the root's own directories leads nowhere else`() throws {
            let system = try OpenedSystem(
                fstab:
                    "LABEL=root / ext4 defaults 0 1\nLABEL=boot /loopback/../loopback/srv ext4 defaults 0 2")
            var tree = try MountedTree(system.plan(), in: system.map, nodes: [:], at: system.path)
            #expect(tree.mounts == [system.path, system.path + "/srv"])
            #expect(tree.unmount() == [])
        }

        @Test func `a program in the foreground is counted in a space of its own, and its status comes back`()
            throws
        {
            let shell = { (line: String) in
                Foreground(["/bin/sh", "-c", line], environment: ["PATH": "/usr/bin:/bin"], root: "/")
            }
            #expect(try shell("test $$ = 2 && test -d /proc/2 && exit 7").run() == 7)
            #expect(try shell("kill -9 $$").run() == 128 + SIGKILL)
            #expect(throws: SystemError.self) {
                try Foreground(["/not/there"], environment: [:], root: "/").run()
            }
        }

        @Test func `a frozen and thawed filesystem has an empty log`() throws {
            let disk = try LoopDisk("truncate -s 48M $IMAGE; mkfs.ext4 -q $IMAGE; losetup -f $IMAGE")
            let node = OpenedSystem.node(disk)
            try shell(
                "mount \(node) \(disk.directory)/mnt; echo x > \(disk.directory)/mnt/file; sync -f \(disk.directory)/mnt"
            )
            #expect(output(of: "dumpe2fs -h \(disk.image) 2>/dev/null | grep needs_recovery") != "")
            try Place.existing("/file", in: RootDirectory(disk.directory + "/mnt")).settle()
            // Frozen, ext4 marks its log as empty; the next write would mark it again.
            #expect(output(of: "dumpe2fs -h \(disk.image) 2>/dev/null | grep 'Journal start'").contains(" 0"))
            try shell("echo y > \(disk.directory)/mnt/file; umount \(disk.directory)/mnt; losetup -d \(node)")
        }
    }
}
