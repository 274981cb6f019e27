import Machine
import Storage
import Testing

@testable import Sysimage

/// The machine of the story: two disks, md0 for /boot, a volume group with mirrored root and swap.
enum Story {
    static let a = partition(
        "/dev/sda1", disk: "/dev/sda", at: 1 << 20, size: 512 << 20, type: "linux_raid_member")
    static let b = partition(
        "/dev/sdb1", disk: "/dev/sdb", at: 1 << 20, size: 512 << 20, type: "linux_raid_member")
    static let pa = partition("/dev/sda2", disk: "/dev/sda", at: 1 << 30, size: 8 << 30, type: "LVM2_member")
    static let pb = partition("/dev/sdb2", disk: "/dev/sdb", at: 1 << 30, size: 8 << 30, type: "LVM2_member")

    static func partition(_ name: String, disk: String, at start: UInt64, size: UInt64, type: String)
        -> Volume
    {
        Volume(
            id: VolumeID(name), kind: .partition, name: name, node: name, size: size,
            copies: [Copy(pieces: [Piece(disk: VolumeID(disk), offset: start, length: size)])],
            signature: Signature(type: type, usage: "raid"))
    }

    static func superblock(slot: Int, events: UInt64 = 40, resync: UInt64? = nil) -> MDSuperblock {
        MDSuperblock(
            version: "1.2", arrayUUID: "aaaaaaaa:bbbbbbbb:cccccccc:dddddddd", name: "host:0", level: 1,
            raidDisks: 2,
            role: .active(slot), roles: [0, 1], events: events, dataOffset: 1 << 20, size: 500 << 20,
            offset: 4096,
            resyncOffset: resync)
    }

    static func map(
        b currency: Copy.Currency = .current, reason: String? = nil, events: UInt64 = 40,
        resync: UInt64? = nil,
        node: String? = nil, seqnoB: Int = 7, legB: Copy.Currency = .current, running: Set<String> = []
    ) -> StorageMap {
        let md = VolumeID("md:aaaaaaaa:bbbbbbbb:cccccccc:dddddddd")
        let array = MDArray(
            id: md, uuid: "aaaaaaaa:bbbbbbbb:cccccccc:dddddddd", name: "host:0", level: 1, raidDisks: 2,
            version: "1.2",
            members: [
                MDMember(device: a.id, superblock: superblock(slot: 0, resync: resync)),
                MDMember(device: b.id, superblock: superblock(slot: 1, events: events, resync: resync)),
            ], node: node)
        let boot = Volume(
            id: md, kind: .array, name: "/dev/md0", node: node, size: 500 << 20,
            copies: [
                Copy(pieces: [Piece(disk: VolumeID("/dev/sda"), offset: 2 << 20, length: 500 << 20)]),
                Copy(
                    pieces: [Piece(disk: VolumeID("/dev/sdb"), offset: 2 << 20, length: 500 << 20)],
                    currency: currency,
                    reason: reason),
            ], signature: Signature(type: "xfs", usage: "filesystem", uuid: "b007", label: nil))
        func logical(_ name: String, at offset: UInt64) -> Volume {
            Volume(
                id: VolumeID("lv:my-vg/\(name)"), kind: .logicalVolume, name: "/dev/my-vg/\(name)",
                node: running.contains(name) ? "/dev/mapper/my--vg-\(name)" : nil, size: 1 << 30,
                copies: [
                    Copy(pieces: [
                        Piece(disk: VolumeID("/dev/sda"), offset: (1 << 30) + offset, length: 1 << 30)
                    ]),
                    Copy(
                        pieces: [
                            Piece(disk: VolumeID("/dev/sdb"), offset: (1 << 30) + offset, length: 1 << 30)
                        ],
                        currency: legB),
                ], signature: Signature(type: "ext4", usage: "filesystem", uuid: "4007-\(name)"))
        }
        let group = VolumeGroup(
            id: "vgid", name: "my-vg", seqno: 7, extentSize: 4 << 20,
            physicalVolumes: [
                PhysicalVolume(name: "pv0", uuid: "pv-a", device: pa.id, seqno: 7),
                PhysicalVolume(name: "pv1", uuid: "pv-b", device: pb.id, seqno: seqnoB),
            ],
            logicalVolumes: [
                LogicalVolume(id: "1", name: "root", flags: ["VISIBLE"]),
                LogicalVolume(id: "2", name: "swap", flags: ["VISIBLE"]),
                LogicalVolume(id: "3", name: "root_rimage_0", flags: []),
            ])
        return StorageMap(
            volumes: [a, b, pa, pb, boot, logical("root", at: 1 << 20), logical("swap", at: 2 << 30)],
            arrays: [array], groups: [group])
    }
}

@Suite struct `the plan of opening` {
    let md = VolumeID("md:aaaaaaaa:bbbbbbbb:cccccccc:dddddddd")
    let root = VolumeID("lv:my-vg/root")

    @Test func `an array is assembled from both halves, under its name, by its UUID`() throws {
        let plan = try OpeningPlan([md], in: Story.map())
        #expect(
            plan.steps.map(\.command) == [
                Command(
                    .mdadm, "--assemble", "--run", "--config=none", "/dev/md0",
                    "--uuid=aaaaaaaa:bbbbbbbb:cccccccc:dddddddd", "/dev/sda1", "/dev/sdb1")
            ])
        #expect(plan.steps.map(\.undo) == [Command(.mdadm, "--stop", "/dev/md0")])
        #expect(plan.steps.map(\.title) == ["Assemble /dev/md0 from /dev/sda1 and /dev/sdb1"])
        #expect(plan.nodes[md] == "/dev/md0")
        #expect(plan.leftOut.isEmpty)
    }

    @Test func `a half that is not proven current stays out and is named`() throws {
        let plan = try OpeningPlan([md], in: Story.map(b: .stale, reason: "38 of 40 events", events: 38))
        #expect(plan.steps.first?.command.arguments.last == "/dev/sda1")
        #expect(plan.leftOut == ["/dev/sdb1 of /dev/md0: 38 of 40 events"])
    }

    @Test func `a resync that is due does not cost the second half`() throws {
        let plan = try OpeningPlan([md], in: Story.map(b: .unknown, reason: "a resync is due", resync: 0))
        #expect(plan.steps.first?.command.arguments.suffix(2) == ["/dev/sda1", "/dev/sdb1"])
    }

    @Test func `doubt without a resync does`() throws {
        let plan = try OpeningPlan([md], in: Story.map(b: .unknown, reason: "split brain"))
        #expect(plan.steps.first?.command.arguments.last == "/dev/sda1")
    }

    @Test func `what runs is used as it is`() throws {
        let plan = try OpeningPlan([md], in: Story.map(node: "/dev/md127"))
        #expect(plan.steps.isEmpty)
        #expect(plan.nodes[md] == "/dev/md127")
    }

    @Test func `an array that was put together and not started is not running`() throws {
        let plan = try OpeningPlan(
            [md], in: Story.map(node: "/dev/md127"), medium: .init(inactive: ["/dev/md127"]))
        #expect(plan.nodes[md] == "/dev/md0")
    }

    @Test func `the name of mdadm.conf goes before that of the superblock`() throws {
        let plan = try OpeningPlan([md], in: Story.map(), names: [md: "/dev/md/boot"])
        #expect(plan.nodes[md] == "/dev/md/boot")
    }

    @Test(
        arguments: [
            ("host:0", nil, "/dev/md0"), ("boot", nil, "/dev/md/boot"), (nil, 3, "/dev/md3"), (nil, nil, nil),
            ("h:../../etc", nil, nil), ("h:a b", nil, nil),
        ] as [(String?, Int?, String?)])
    func `a superblock's name becomes a node`(name: String?, minor: Int?, node: String?) {
        var array = Story.map().arrays[0]
        (array.name, array.minor) = (name, minor)
        #expect(array.assembledName == node)
    }

    @Test func `a group is activated seeing only its own devices, degraded, without monitoring`() throws {
        let plan = try OpeningPlan([root], in: Story.map())
        #expect(
            plan.steps.map(\.command.vector) == [
                [
                    "lvm", "vgchange", "-ay", "--activationmode", "degraded", "--monitor", "n", "--poll", "n",
                    "--devicesfile", "", "--config",
                    #"devices{filter=["a|^/dev/sda2$|","a|^/dev/sdb2$|","r|.*|"] global_filter=["a|^/dev/sda2$|","a|^/dev/sdb2$|","r|.*|"]}"#,
                    "my-vg",
                ]
            ])
        #expect(plan.steps.first?.undo.arguments.first == "vgchange")
        #expect(plan.nodes[root] == "/dev/mapper/my--vg-root")
        #expect(plan.nodes[VolumeID("lv:my-vg/swap")] == "/dev/mapper/my--vg-swap")
    }

    @Test func `an old lvm without udev gets the options it knows`() throws {
        let plan = try OpeningPlan([root], in: Story.map(), medium: .init(lvm: [2, 2, 187], hasUdev: false))
        let words = try #require(plan.steps.first?.command.vector)
        #expect(!words.contains("--devicesfile"))
        #expect(words.contains("--noudevsync"))
        #expect(
            words.contains { $0.contains("use_lvmetad=0") && $0.contains("obtain_device_list_from_udev=0") })
    }

    @Test(arguments: [(6, Copy.Currency.current), (7, .stale)])
    func `a physical volume that is behind stays out`(seqno: Int, leg: Copy.Currency) throws {
        let plan = try OpeningPlan([root], in: Story.map(seqnoB: seqno, legB: leg))
        #expect(plan.steps.first?.command.description.contains("/dev/sdb2") == false)
        #expect(plan.leftOut.count == 1)
    }

    @Test func `volumes that run already are not taken down again`() throws {
        let plan = try OpeningPlan([root], in: Story.map(running: ["swap"]))
        let step = try #require(plan.steps.first)
        #expect(step.command.arguments.first == "lvchange")
        #expect(step.command.arguments.last == "my-vg/root")
        #expect(step.undo.arguments.last == "my-vg/root")
    }

    @Test func `two groups of one name are refused with the way out`() throws {
        var map = Story.map()
        map.groups.append(VolumeGroup(id: "other", name: "my-vg", seqno: 1, extentSize: 4 << 20))
        let error = try #require(throws: SystemError.self) { _ = try OpeningPlan([root], in: map) }
        #expect(error.hint?.contains("vgrename") == true)
    }

    @Test func `a physical volume that is there twice is refused`() throws {
        var map = Story.map()
        map.groups[0].physicalVolumes[0].duplicates = [VolumeID("/dev/sdc2")]
        let error = try #require(throws: SystemError.self) { _ = try OpeningPlan([root], in: map) }
        #expect(error.description.contains("/dev/sda2 and /dev/sdc2 are the same physical volume twice"))
    }

    @Test(arguments: [(Tool.lvm, "lvm2"), (.mdadm, "mdadm")])
    func `a medium without the tools is told which package it lacks`(tool: Tool, package: String) throws {
        let error = try #require(throws: SystemError.self) {
            _ = try OpeningPlan([root, md], in: Story.map(), medium: .init(missing: [tool]))
        }
        #expect(error.hint == "install the package '\(package)'")
    }

    @Test func `what is not needed may fail without stopping the rest`() throws {
        var map = Story.map()
        map.groups[0].physicalVolumes[0].duplicates = [VolumeID("/dev/sdc2")]
        let plan = try OpeningPlan([md], optional: [root], in: map)
        #expect(plan.nodes.keys.contains(md))
        #expect(plan.notOpened.count == 1)
        #expect(plan.steps.count == 1)
    }

    @Test func `a locked root is unlocked after its array is assembled`() throws {
        var map = Story.map()
        map.volumes[4].signature = Signature(type: "crypto_LUKS", usage: "crypto", uuid: "1234")
        let inner = Volume(id: VolumeID("luks:1234"), kind: .container, name: "luks-1234", size: 1 << 20)
        map.volumes.append(inner)
        let plan = try OpeningPlan([inner.id], in: map, names: [inner.id: "cryptroot"])
        #expect(plan.steps.map(\.command.tool) == [.mdadm, .cryptsetup])
        #expect(plan.steps.last?.command.arguments.suffix(2) == ["/dev/md0", "cryptroot"])
        #expect(plan.nodes[inner.id] == "/dev/mapper/cryptroot")
    }

    @Test func `disks that claim to lie on themselves end`() {
        var map = Story.map()
        map.arrays[0].members = [MDMember(device: md, superblock: Story.superblock(slot: 0))]
        map.volumes[4].copies = []
        #expect(throws: SystemError.self) { _ = try OpeningPlan([md], in: map) }
    }

    @Test(arguments: [
        ("  LVM version:     2.03.16(2) (2022-05-18)\n  Library version: 1.02.185", [2, 3, 16]),
        ("  LVM version:     2.02.187(2)-RHEL7 (2020-03-24)", [2, 2, 187]), ("nothing", []),
    ])
    func `lvm says its version`(text: String, version: [Int]) {
        #expect(LVMCommands.version(text) == version)
    }
}
