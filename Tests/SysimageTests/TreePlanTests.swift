import LibMount
import Storage
import Testing

@testable import Sysimage

@Suite struct `the plan of a tree` {
    func plan(_ fstab: String, boot: VolumeID? = nil, map: StorageMap = Story.map()) throws -> TreePlan {
        let root = try #require(map.volume(VolumeID("lv:my-vg/root")))
        return TreePlan(root: root, fstab: Fstab(parsing: fstab).entries, boot: boot, in: map)
    }
    let md = VolumeID("md:aaaaaaaa:bbbbbbbb:cccccccc:dddddddd")
    let root = VolumeID("lv:my-vg/root")

    @Test func `directories come before what lies in them`() throws {
        let fstab =
            "UUID=b007 /boot/deep xfs defaults 0 0\nUUID=4007-swap /boot ext4 defaults 0 0\n/dev/my-vg/root / ext4 defaults 0 1"
        #expect(try plan(fstab).places.map(\.inside) == ["/", "/boot", "/boot/deep"])
    }

    @Test(arguments: ["/dev/md0", "UUID=b007", "UUID=B007"])
    func `a source is resolved from the disks`(source: String) throws {
        #expect(try plan("\(source) /boot xfs defaults 0 0").places.last?.volume == md)
    }

    @Test(arguments: [
        ("UUID=dead /srv ext4 defaults 0 0", "there is no UUID=dead", true),
        ("UUID=dead /srv ext4 nofail 0 0", "there is no UUID=dead (nofail)", false),
        ("filer:/x /srv nfs4 defaults 0 0", "it is on the network", false),
        ("/dev/sdz1 /srv ext4 noauto 0 0", "it is not mounted at boot (noauto)", false),
        ("/srv/disk.img /srv ext4 loop 0 0", "it is a file, not a disk", false),
        ("/dev/sda1 /srv ext4 defaults 0 0", "there is no filesystem on /dev/sda1", true),
        ("UUID=b007 relative xfs defaults 0 0", "'relative' is no directory", false),
    ])
    func `a line that cannot be mounted says why`(line: String, reason: String, isMissing: Bool) throws {
        let skipped = try #require(plan(line).skipped.first)
        #expect((skipped.reason, skipped.isMissing, skipped.line) == (reason, isMissing, 1))
    }

    @Test(arguments: [
        "/dev/my-vg/swap swap swap defaults 0 0", "proc /proc proc defaults 0 0",
        "tmpfs /tmp tmpfs size=1G 0 0",
    ])
    func `swap and the kernel's own filesystems need no word`(line: String) throws {
        let plan = try plan(line)
        #expect(plan.places.count == 1 && plan.skipped.isEmpty)
    }

    @Test func `the true boot replaces what fstab says, and comes without a line too`() throws {
        #expect(try plan("UUID=dead /boot xfs defaults 0 0", boot: md).places.last?.volume == md)
        let without = try plan("", boot: md)
        #expect(without.places.map(\.inside) == ["/", "/boot"])
        #expect(without.volumes == [root, md])
    }

    @Test func `of two lines for one directory the later one counts`() throws {
        let plan = try plan("UUID=4007-swap /boot ext4 defaults 0 0\nUUID=b007 /boot xfs defaults 0 0")
        #expect(plan.places.map(\.volume) == [root, md])
    }

    @Test(arguments: [
        ("ext4", "defaults", ["rw"]), ("xfs", "defaults,uquota,noatime", ["rw,uquota,noatime", "rw"]),
        ("ext4", "ro,x-systemd.automount,nofail,users", ["ro"]),
        ("vfat", "umask=0077,uid=root,gid=5", ["rw,umask=0077,gid=5", "rw"]),
        ("btrfs", "subvol=@home,compress=zstd", ["rw,subvol=@home,compress=zstd", "rw,subvol=@home"]),
    ])
    func `options are the system's own, then the plainest`(type: String, own: String, attempts: [String]) {
        let options = TreeOptions.attempts(type: type, own: MountOptions(own), writable: false)
        #expect(options.map(\.text) == attempts)
    }

    @Test func `the root's subvolume is the installation's, and it is writable`() {
        let options = TreeOptions.attempts(
            type: "btrfs", own: "ro,subvol=/old,subvolid=256,ssd", subvolume: "@", writable: true)
        #expect(options.map(\.text) == ["rw,subvol=@,ssd", "rw,subvol=@"])
    }
}
