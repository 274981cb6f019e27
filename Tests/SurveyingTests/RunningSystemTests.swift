import LibMount
import Storage
import Testing

@testable import Surveying

@Suite struct `the running system` {
    let disk = RunningSystem.Device(major: 8, minor: 1)

    func use(_ mountinfo: String, busy: Bool = false) throws -> RunningSystem.Use {
        let mounts = LiveMount.parse(mountinfo: mountinfo)
        let root = try #require(mounts.last { $0.target == "/" })
        return RunningSystem(mounts).use(of: disk, isBusy: { busy }, root: root)
    }

    @Test func `is where the root is mounted from`() throws {
        #expect(try use("22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n") == .root)
        #expect(try use("22 1 8:2 / / rw,relatime - ext4 /dev/sda2 rw\n", busy: true) == .none)
    }

    @Test func `is the last thing mounted over it`() throws {
        #expect(
            try use("21 1 8:1 / / rw - ext4 /dev/sda1 rw\n22 21 0:30 / / rw - tmpfs tmpfs rw\n") == .none)
    }

    @Test func `of a live medium is the layer that shows`() throws {
        let mounts = """
            22 1 0:30 / / rw - overlay overlay rw,lowerdir=/run/live/rootfs:/run/more,upperdir=/run/rw/up,workdir=/run/rw/w
            23 22 8:1 / /run/live/rootfs ro - ext4 /dev/sda1 ro
            24 22 0:31 / /run rw - tmpfs tmpfs rw

            """
        #expect(try use(mounts) == .medium)
        #expect(try use(mounts.replacing("8:1", with: "8:2")) == .none)
    }

    @Test func `of a live medium is the device in use that shows nowhere`() throws {
        let mounts = "22 1 0:30 / / rw - overlay overlay rw,lowerdir=/ro,upperdir=/rw/up,workdir=/rw/work\n"
        #expect(try use(mounts, busy: true) == .medium)
        #expect(try use(mounts, busy: false) == .none)
    }

    @Test func `has not what somebody mounted elsewhere, though it is in use`() throws {
        let mounts = """
            22 1 0:30 / / rw - overlay overlay rw,lowerdir=/ro
            23 22 8:1 / /mnt/sysimage rw - xfs /dev/sda1 rw

            """
        #expect(try use(mounts, busy: true) == .none)
    }

    @Test func `shows of two mounts on one directory the later`() throws {
        let boot = [(volume: VolumeID("boot"), device: disk)]
        let mounts = "22 1 0:30 / / rw - tmpfs tmpfs rw\n23 22 8:1 / /boot rw - xfs /dev/sda1 rw\n"
        let shown = RunningSystem(LiveMount.parse(mountinfo: mounts)).mounted(boot)
        #expect(shown == [MountedVolume(volume: VolumeID("boot"), target: "/boot")])
        let hidden = mounts + "24 22 0:31 / /boot rw - tmpfs tmpfs rw\n"
        #expect(RunningSystem(LiveMount.parse(mountinfo: hidden)).mounted(boot).isEmpty)
    }
}
