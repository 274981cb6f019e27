import BootFiles
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct `what is still named though it is gone` {
    private static let rootUUID = "40075eed-0000-4000-8000-000000004007"

    /// `path:line name` of what a later survey still names.
    private func remnants(_ before: Mirror, _ after: Mirror) -> [String] {
        Remnant.of(before.survey, in: after.survey, after.installation).map { "\($0.place) \($0.name)" }
    }

    /// Names in a text file of the system alone.
    private func names(_ text: String, _ before: Mirror, _ after: Mirror, in path: String = "/etc/text")
        -> [String]
    {
        var after = after
        after.installation.texts[path] = text
        return Remnant.of(before.survey, in: after.survey, after.installation)
            .filter { $0.path == path }.map(\.name)
    }

    @Test func `is nothing where nothing is gone`() throws {
        let mirror = try Mirror()
        #expect(Remnant.of(mirror.survey, in: mirror.survey, mirror.installation).isEmpty)
    }

    @Test func `is found in fstab, in the menu and in the image, with what it was`() throws {
        let before = try Mirror()
        var after = before
        let boot = try #require(
            after.survey.storage.volumes.firstIndex { $0.signature?.uuid == Mirror.bootUUID })
        after.survey.storage.volumes[boot].signature?.uuid = "c0ffee00-0000-4000-8000-000000000001"
        let name = after.survey.storage.volumes[boot].name
        let found = Remnant.of(before.survey, in: after.survey, after.installation)
        #expect(Set(found.map(\.name)) == [Mirror.bootUUID])
        #expect(Set(found.map(\.was)) == ["the filesystem on \(name)"])
        #expect(found.first { $0.path == "/etc/fstab" }?.line == 3)
        #expect(found.contains { $0.path == "/boot/grub/grub.cfg" && $0.line == 96 })
    }

    @Test func `is the array's UUID in each of its forms, in the core images too`() throws {
        let before = try Mirror()
        var after = before
        after.survey.storage.arrays[0].uuid = "00000000:11111111:22222222:33333333"
        let found = Remnant.of(before.survey, in: after.survey, after.installation)
        #expect(found.contains { $0.path == "/etc/mdadm/mdadm.conf" && $0.name == Mirror.arrayUUID })
        #expect(found.contains { $0.path.hasPrefix("/boot/initrd.img-") && $0.path.hasSuffix("mdadm.conf") })
        let cores = found.filter { $0.path.hasPrefix("the core image on ") }
        #expect(cores.map(\.place) == ["the core image on a.img", "the core image on b.img"])
        #expect(cores.map(\.name).allSatisfy { $0 == "6d1e2f308a4b4c5d9e0f1a2b3c4d5e6f" })
    }

    @Test func `is found where GRUB and the firmware read command lines`() throws {
        var before = try Mirror()
        before.survey.diskBoots[0].core?.configuration = "search.fs_uuid \(Self.rootUUID) root\n"
        before.survey.bootDirectories[0].entries = [
            BLSEntry(parsing: "title x\noptions root=UUID=\(Self.rootUUID) ro\n", file: "a.conf")
        ]
        before.survey.bootDirectories[0].grub?.environment?.variables = [
            "kernelopts": "root=UUID=\(Self.rootUUID) ro", "saved_entry": "gnulinux-simple-\(Self.rootUUID)",
        ]
        before.config?.kernelopts = .init(line: 7, value: "root=UUID=\(Self.rootUUID)")
        let stub = Installation.TextFile(
            path: "EFI/debian/grub.cfg", text: "\nsearch.fs_uuid \(Self.rootUUID) root\n")
        let unified = UnifiedImage(kernel: nil, commandLine: "root=UUID=\(Self.rootUUID)")
        let loader = ESP.Loader(path: "EFI/Linux/x.efi", size: 1, unified: unified)
        before.survey.esps = [
            ESP(
                volume: VolumeID("a.img#1"),
                vendors: [
                    .init(name: "debian", config: stub), .init(name: "Linux", loaders: [loader]),
                ])
        ]
        var after = before
        try after.change("lv:rhel/root") { $0.signature?.uuid = Mirror.gone }
        let places = Remnant.of(before.survey, in: after.survey, after.installation).map(\.place)
        for place in [
            "/boot/loader/entries/a.conf:2", "/boot/grub/grubenv", "/boot/grub/grub.cfg:7",
            "a.img#1:/EFI/debian/grub.cfg:2", "a.img#1:/EFI/Linux/x.efi:.cmdline",
            "the core image on a.img",
        ] {
            #expect(places.contains(place))
        }
    }

    @Test func `is not looked for in comments`() throws {
        let before = try Mirror()
        var after = before
        after.installation.fstab?.text =
            "# UUID=\(Mirror.bootUUID) /boot\n/dev/mapper/rhel-root / ext4 defaults 0 1 # \(Mirror.bootUUID)\n"
        after.survey.storage.volumes.removeAll { $0.signature?.uuid == Mirror.bootUUID }
        let found = Remnant.of(before.survey, in: after.survey, after.installation)
        #expect(!found.contains { $0.path == "/etc/fstab" })
        #expect(names("A=\"a # \(Mirror.bootUUID)\"\n", before, after) == [Mirror.bootUUID])
    }

    @Test func `is a label, whole and as a label`() throws {
        var before = try Mirror()
        let after = before
        try before.change("lv:rhel/root") { $0.signature?.label = "my disk" }
        #expect(names(#"LABEL=my\040disk /old"#, before, after) == [#"LABEL=my\040disk"#])
        #expect(names(#"a="/dev/disk/by-label/my\x20disk""#, before, after).count == 1)
        try before.change("lv:rhel/root") { $0.signature?.label = "old" }
        #expect(names("A=\"root=LABEL=old\"\n", before, after) == ["LABEL=old"])
        #expect(names("search.fs_label old root", before, after) == ["search.fs_label old"])
        for text in ["LABEL=older", "LABEL=old/x", "PARTLABEL=old", "LABEL=OLD", "old", "LABEL=old\\040x"] {
            #expect(names(text, before, after).isEmpty)
        }
    }

    @Test func `is a volume under each of its names, hyphens doubled`() throws {
        var before = try Mirror()
        let after = before
        try before.callGroup("old-vg")
        #expect(names("/dev/mapper/old--vg-root / ext4", before, after) == ["/dev/mapper/old--vg-root"])
        #expect(names("/dev/old-vg/swap none swap", before, after) == ["/dev/old-vg/swap"])
        let words = "rd.lvm.lv=old-vg/root rd.lvm.lv=rhel/root rd.lvm.vg=old-vg"
        #expect(names(words, before, after) == ["rd.lvm.lv=old-vg/root", "rd.lvm.vg=old-vg"])
        #expect(remnants(before, after).isEmpty)
    }

    @Test func `is no group's name inside of other words`() throws {
        var before = try Mirror()
        let after = before
        try before.callGroup("vg")
        for text in [
            "vg", "rd.lvm.vg=vg2", "/dev/vg/rootfs", "/srv/dev/vg/root", "/dev/mapper/vg-root-old",
            "/dev/mapper/my-vg-root", "rd.lvm.lv=my.vg/root", "A=\"vg\"",
        ] {
            #expect(names(text, before, after).isEmpty)
        }
        let list = "activation {\n volume_list = [ \"vg\", \"vg/root\", \"vg2\" ]\n}\n"
        #expect(names(list, before, after, in: "/etc/lvm/lvm.conf") == ["\"vg\"", "\"vg/root\""])
    }

    @Test func `is an array's name that no array has now`() throws {
        let before = try Mirror()
        var after = before
        let array = after.survey.storage.arrays[0].id.rawValue
        try after.change(array) {
            $0.name = "/dev/md1"
            $0.node = "/dev/md1"
        }
        after.survey.storage.arrays[0].node = "/dev/md1"
        after.survey.storage.arrays[0].name = "mirror:1"
        #expect(names("/dev/md0 /boot xfs", before, after).isEmpty)
        after.rewriteMdadmConf("/dev/md/0", "/dev/md/1")
        #expect(names("/dev/md0 /boot xfs", before, after) == ["/dev/md0"])
        #expect(names("/dev/md/0 /boot xfs", before, after) == ["/dev/md/0"])
        #expect(names("set root=(md/0)", before, after) == ["md/0"])
        #expect(names("/dev/md0p1 /dev/md01 /dev/md/1", before, after).isEmpty)
    }

    @Test func `is a PV in LVM's devices file, which has no dashes, and not the hint beside it`() throws {
        var before = try Mirror()
        var after = before
        before.plugIn("/dev/sdx", partitions: [1 << 20])
        after.survey.storage.groups[0].physicalVolumes[1].device = nil
        try after.change("b.img#2") { $0.signature = nil }
        let entry =
            "IDTYPE=devname IDNAME=/dev/sdy1 DEVNAME=/dev/sdx1 PVID=rLwg3AWB29Ckb9oF1KwPlw0xi4oyEVV3\n"
        let path = "/etc/lvm/devices/system.devices"
        #expect(
            names("# \(entry)\(entry)", before, after, in: path) == ["rLwg3AWB29Ckb9oF1KwPlw0xi4oyEVV3"])
    }

    @Test func `is a disk by its numbers, and by a kernel's name that no disk has`() throws {
        var before = try Mirror()
        let after = before
        before.plugIn("/dev/sdx", partitions: [1 << 20])
        let last = before.survey.storage.disks.count - 1
        before.survey.storage.disks[last].wwid = "naa.5000c500a1b2c3d4"
        before.survey.storage.disks[last].serial = "mirror"
        before.survey.storage.disks[last].table?.partitions[0].uuid = "0badcafe-01"
        for (text, name) in [
            ("/dev/disk/by-id/wwn-0x5000c500a1b2c3d4-part1", "wwn-0x5000c500a1b2c3d4"),
            ("/dev/disk/by-id/scsi-35000c500a1b2c3d4", "35000c500a1b2c3d4"),
            ("IDNAME=NAA.5000c500a1b2c3d4", "NAA.5000c500a1b2c3d4"),
            ("/dev/disk/by-id/scsi-0QEMU_HARDDISK_mirror, x", "mirror"), ("/dev/sdx", "/dev/sdx"),
            ("a|^/dev/sdx$|", "/dev/sdx"), ("PARTUUID=0BADCAFE-01", "0BADCAFE-01"),
        ] {
            #expect(names(text, before, after) == [name])
        }
        for text in ["HOST=mirror", "/dev/sdxa", "PARTUUID=0badcafe-011", "UUID=aaaaaaaa-0badcafe-01-aaaa"] {
            #expect(names(text, before, after).isEmpty)
        }
    }

    @Test func `is not a part of the name of what is there`() throws {
        var before = try Mirror()
        var after = before
        before.survey.storage.disks[0].serial = "WD-1234"
        after.survey.storage.disks[0].serial = "WD-1234-5"
        #expect(names("/dev/disk/by-id/ata-WD-1234-5", before, after).isEmpty)
        #expect(names("/dev/disk/by-id/ata-WD-1234", before, after) == ["WD-1234"])
    }

    @Test func `is not what nobody could look at`() throws {
        let before = try Mirror()
        var after = before
        after.unplug("b.img")
        #expect(names("PARTUUID=2c1dfcc2-01", before, after) == ["2c1dfcc2-01"])
        let disk = VolumeID("b.img")
        after.survey.storage.disks.append(
            Disk(id: disk, size: 0, sectorSize: 512, failure: "Input/output error"))
        #expect(names("PARTUUID=2c1dfcc2-01", before, after).isEmpty)
    }
}

extension Mirror {
    /// The volume group under another name.
    mutating func callGroup(_ name: String) throws {
        survey.storage.groups[0].name = name
        for volume in survey.storage.volumes where volume.kind == .logicalVolume {
            let own = volume.name.split(separator: "/").last.map(String.init) ?? ""
            try change(volume.id.rawValue) {
                $0.id = VolumeID("lv:\(name)/\(own)")
                $0.name = "/dev/\(name)/\(own)"
            }
        }
        installation.root = VolumeID("lv:\(name)/root")
    }
}
