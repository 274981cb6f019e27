import Machine
import TestFiles
import Testing

@testable import Storage

/// The running system's disks, out of a sysfs built of plain files in the kernel's own layout.
struct SystemDisksTests {
    @Test func `disks are found with serial, controllers and partitions`() throws {
        let sys = try FakeSysfs()
        try sys.disk("sda", at: "devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0", size: 1000)
        try sys.write("devices/pci0000:00/0000:00:1f.2/modalias", "pci:v00008086d00002922sv\n")
        try sys.write(
            "devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/modalias", "scsi:t-0x00\n")
        try sys.write("block/sda/device/vpd_pg80", [0, 0x80, 0, 6] + Array(" SN42 ".utf8))
        try sys.write("block/sda/sda1/partition", "1\n")
        try sys.write("block/sda/sda1/start", "63\n")
        try sys.write("block/sda/sda1/size", "100\n")
        let disk = try #require(try SystemDisks(sys: sys.root).all().first)
        #expect(disk.id == "/dev/sda")
        #expect(disk.node == "/dev/sda")
        #expect(disk.serial == "SN42")
        #expect(disk.modaliases == ["scsi:t-0x00", "pci:v00008086d00002922sv"])
        #expect(disk.partitions == [1: .init(node: "/dev/sda1", start: 63 * 512, size: 100 * 512)])
    }

    @Test func `what is no disk of its own is passed over`() throws {
        let sys = try FakeSysfs()
        for name in ["loop0", "ram1", "zram0", "dm-3", "md127", "sr0", "fd0", "vda", "nvme0n1"] {
            try sys.disk(name, at: "devices/virtual/\(name)", size: 8)
        }
        try sys.disk("sdz", at: "devices/virtual/sdz", size: 0)
        #expect(try SystemDisks(sys: sys.root).all().map(\.id) == ["/dev/nvme0n1", "/dev/vda"])
    }

    @Test func `paths to one disk count once, and disks that only look alike count each`() throws {
        let sys = try FakeSysfs()
        for name in ["sda", "sdb", "sdc", "sdd"] { try sys.disk(name, at: "devices/\(name)", size: 8) }
        for name in ["sda", "sdb"] { try sys.write("block/\(name)/device/wwid", "naa.5000c500a1b2c3d4\n") }
        for name in ["sdc", "sdd"] {
            try sys.write("block/\(name)/device/wwid", "t10.ATA     QEMU HARDDISK\n")
        }
        #expect(try SystemDisks(sys: sys.root).all().map(\.id) == ["/dev/sda", "/dev/sdc", "/dev/sdd"])
    }

    @Test func `running arrays and mapped devices are told with what they run over`() throws {
        let sys = try FakeSysfs()
        try sys.disk("md0", at: "devices/virtual/block/md0", size: 8)
        for (name, text) in [
            "array_state": "clean", "degraded": "1", "sync_action": "recover", "dev-sda1/state": "in_sync",
            "sync_completed": "1024 / 816896",
            "uuid": "7a2565e2-6d2816de-4e3bad29-b17aa89d",
        ] { try sys.write("block/md0/md/\(name)", text + "\n") }
        try sys.disk("dm-0", at: "devices/virtual/block/dm-0", size: 8)
        try sys.write("block/dm-0/dm/name", "rhel-root\n")
        try sys.write("block/dm-0/dm/uuid", "LVM-" + String(repeating: "a", count: 64) + "\n")
        let running = try SystemDisks(sys: sys.root).running()
        let array = try #require(running.arrays.first)
        #expect(array.node == "/dev/md0")
        #expect(array.members == ["/dev/sda1"])
        #expect(
            array.activity
                == MDActivity(
                    state: "clean", degraded: 1, action: "recover", members: ["sda1": "in_sync"],
                    completed: "1024 / 816896"))
        #expect(running.array(uuid: "any", members: ["/dev/sda1", "/dev/sdb1"]) == array)
        #expect(running.array(uuid: "any", members: ["/dev/sdb1"]) == nil)
        let group = Array(repeating: "a", count: 32).joined(separator: "-")
        #expect(running.mapped(group: group, volume: group)?.node == "/dev/mapper/rhel-root")
        #expect(running.mapped(group: group, volume: "b") == nil)
    }

    @Test func `an opened LUKS container is a source of its own`() throws {
        let sys = try FakeSysfs()
        try sys.disk("dm-1", at: "devices/virtual/block/dm-1", size: 8)
        try sys.write("block/dm-1/dm/name", "luks-root\n")
        try sys.write("block/dm-1/dm/uuid", "CRYPT-LUKS2-11111111222233334444555555555555-luks-root\n")
        let container = try #require(try SystemDisks(sys: sys.root).all().first)
        #expect(container.kind == .container)
        #expect(container.id == "luks:11111111-2222-3333-4444-555555555555")
        #expect(container.path == "/dev/mapper/luks-root")
    }

    @Test(arguments: [
        ("/dev/sda", "/dev/sda3"), ("/dev/nvme0n1", "/dev/nvme0n1p3"), ("/dev/mmcblk0", "/dev/mmcblk0p3"),
    ])
    func `partitions are named as the kernel names them`(node: String, partition: VolumeID) {
        #expect(DiskSource(id: VolumeID(node), path: node, node: node).partition(3) == partition)
    }

    @Test func `partitions of an image are numbered`() {
        #expect(DiskSource.image("a.img").partition(3) == "a.img#3")
    }

    @Test func `an opened container is read where it was opened`() throws {
        let (a, b) = (try RecordedDisk("a"), try RecordedDisk("b"))
        let inside = try RecordedDisk("e")
        let map = StorageReader.read([
            .image(a.path), .image(b.path),
            DiskSource(
                id: "luks:11111111-2222-3333-4444-555555555555", kind: .container, path: inside.path,
                node: inside.path),
        ])
        let container = try #require(map.volume("luks:11111111-2222-3333-4444-555555555555"))
        #expect(container.unmapped == nil)
        #expect(container.kind == .container)
        let within = try #require(map.volumes(label: "whole").first)
        #expect(map.disks(under: within.id) == [a.id, b.id])
        #expect(map.without(a.id).volumes(label: "whole").count == 1)
        #expect(map.without(a.id).without(b.id) == StorageMap())
    }
}

/// A directory that looks like /sys, gone with its owner.
private struct FakeSysfs {
    private let directory: TemporaryDirectory
    let root: RootDirectory

    init() throws {
        directory = try TemporaryDirectory()
        directory.makeDirectories(above: "block/")
        root = try RootDirectory(directory.path)
    }

    /// A disk as the kernel lays it out: a directory below its device, and links both ways.
    func disk(_ name: String, at device: String, size: Int) throws {
        directory.makeDirectories(above: "\(device)/block/\(name)/")
        try directory.link("../\(device)/block/\(name)", at: "block/\(name)")
        try directory.link("../..", at: "\(device)/block/\(name)/device")
        try write("block/\(name)/size", "\(size)\n")
    }

    func write(_ file: String, _ text: String) throws { try directory.write(text, to: file) }

    func write(_ file: String, _ bytes: [UInt8]) throws { try directory.write(bytes, to: file) }
}
