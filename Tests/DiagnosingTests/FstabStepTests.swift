import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct FstabStepTests {
    /// The text that the plan writes.
    private func corrected(_ mirror: Mirror) throws -> String {
        let writes = mirror.plan().remedies.flatMap(\.changes).compactMap { change -> String? in
            guard case .writeFile("/etc/fstab", let text, _, _) = change else { return nil }
            return text
        }
        #expect(writes.count == 1)
        return try #require(writes.first)
    }

    private func mirror(with line: String) throws -> Mirror {
        var mirror = try Mirror()
        mirror.installation.fstab?.text += line + "\n"
        return mirror
    }

    @Test func `data that is gone keeps the machine from booting, and nofail lets it boot`() throws {
        let mirror = try mirror(with: "UUID=\(Mirror.gone) /srv ext4 defaults 0 2")
        #expect(mirror.wrongSteps == [.fstab])
        #expect(mirror.diagnosis.verdict == .broken)
        #expect(try corrected(mirror).hasSuffix("UUID=\(Mirror.gone) /srv ext4 defaults,nofail 0 2\n"))
    }

    @Test(arguments: ["nofail", "noauto", "x-systemd.automount,nofail", "x-systemd.automount"])
    func `a device that is not waited for stops nothing`(option: String) throws {
        let mirror = try mirror(with: "UUID=\(Mirror.gone) /srv ext4 defaults,\(option) 0 2")
        #expect(mirror.wrongSteps.isEmpty)
        #expect(mirror.diagnosis.findings.allSatisfy { $0.severity != .blocker })
    }

    @Test func `a line that mount cannot read is shown, and left to be put right by hand`() throws {
        let mirror = try mirror(with: "UUID=only-one-field")
        let finding = try mirror.finding("fstab.unreadable-line")
        #expect(finding.severity == .warning)
        #expect(finding.evidence.first?.seen == "UUID=only-one-field")
        #expect(finding.remedies.allSatisfy { $0.isByHand })
        #expect(mirror.wrongSteps == [.fstab])
    }

    @Test func `a boot filesystem that no line mounts gets its line, with whatever else is wrong`() throws {
        var mirror = try Mirror()
        let lines = try #require(mirror.installation.fstab?.text).split(separator: "\n")
        mirror.installation.fstab?.text =
            lines.filter { !$0.contains("/boot") }.joined(separator: "\n")
            + "\nUUID=\(Mirror.gone) /srv ext4 defaults 0 2\n"
        #expect(try mirror.finding("fstab.no-boot-line").severity == .warning)
        let text = try corrected(mirror)
        #expect(
            text.hasSuffix("/srv ext4 defaults,nofail 0 2\nUUID=\(Mirror.bootUUID) /boot xfs defaults 0 2\n"))
        mirror.installation.fstab?.text = text
        #expect(mirror.wrongSteps.isEmpty)
    }

    /// A container that nobody has opened, on a partition of another disk.
    private func locked(_ line: String) throws -> Mirror {
        var mirror = try mirror(with: line)
        let uuid = "c0ffee00-0000-4000-8000-00000000c0de"
        mirror.plugIn("/dev/sdc", partitions: [1 << 30])
        try mirror.change("/dev/sdc#1") {
            $0.signature = Signature(type: "crypto_LUKS", usage: "crypto", uuid: uuid, version: "2")
        }
        mirror.survey.storage.volumes.append(
            Volume(
                id: VolumeID("luks:" + uuid), kind: .container, name: "/dev/mapper/luks-" + uuid, size: 0,
                unmapped: "locked (LUKS2)"))
        mirror.installation.crypttab = .init(
            path: "/etc/crypttab", text: "home UUID=\(uuid) none luks\nrandom /dev/sdc /dev/urandom swap\n")
        return mirror
    }

    @Test(arguments: ["/dev/mapper/home /home ext4 defaults 0 2", "/dev/mapper/random none swap sw 0 0"])
    func `what crypttab opens at boot is there by the name it gives`(line: String) throws {
        var mirror = try locked(line)
        #expect(mirror.wrongSteps.isEmpty)
        mirror.installation.crypttab?.text = "home UUID=\(Mirror.gone) none luks\nrandom /dev/sdz - swap\n"
        #expect(mirror.wrongSteps == [.fstab])
        #expect(mirror.diagnosis.findings.contains { $0.id == "fstab.no-such-device" })
    }

    @Test func `a container is opened by the name that crypttab gives it`() throws {
        var mirror = try locked("/dev/mapper/home /home ext4 defaults 0 2")
        let uuid = "c0ffee00-0000-4000-8000-00000000c0de"
        func names(_ name: String) -> [VolumeID: String] {
            mirror.installation.crypttab?.text = "\(name) UUID=\(uuid) none luks\n"
            return Scene(mirror.survey, mirror.installation).containerNames
        }
        let container = VolumeID("luks:" + uuid)
        #expect(names("sdc1_crypt") == [container: "sdc1_crypt"])
        // Not what device-mapper would change, nor what something else is called.
        for name in ["a/b", "..", "control", #"a\040b"#, "ä", String(repeating: "x", count: 128)] {
            #expect(names(name).isEmpty)
        }
        try mirror.change("a.img#1") { $0.node = "/dev/mapper/sdc1_crypt" }
        #expect(names("sdc1_crypt").isEmpty)
    }

    @Test func `what a locked container may hold cannot be told`() throws {
        var mirror = try locked("UUID=\(Mirror.gone) /home ext4 defaults 0 2")
        #expect(mirror.state(of: .fstab) == .unknown)
        #expect(mirror.diagnosis.verdict == .unknown)
        mirror.installation.crypttab = nil
        #expect(mirror.diagnosis.verdict == .broken)
    }

    @Test func `a part of the system that is gone is not made optional`() throws {
        let mirror = try mirror(with: "UUID=\(Mirror.gone) /var ext4 defaults 0 2")
        #expect(try mirror.finding("fstab.no-such-device").severity == .blocker)
        #expect(mirror.plan().isEmpty)
    }

    @Test func `a member of the array does not mount, and the array does`() throws {
        var mirror = try Mirror()
        mirror.rewriteFstab("UUID=" + Mirror.bootUUID, "/dev/sda1")
        let finding = try mirror.finding("fstab.member")
        #expect(finding.severity == .blocker)
        #expect(mirror.wrongSteps == [.fstab])
        #expect(try corrected(mirror).contains("UUID=\(Mirror.bootUUID) /boot xfs"))
    }

    @Test func `a wrong type stops the mount of boot, and is put right in its own column`() throws {
        var mirror = try Mirror()
        let right = try #require(mirror.installation.fstab?.text)
        mirror.rewriteFstab("/boot xfs", "/boot ext4")
        #expect(try mirror.finding("fstab.wrong-type").severity == .blocker)
        #expect(try corrected(mirror) == right)
    }

    @Test func `Windows' filesystem is mounted under the names of its drivers`() throws {
        for driver in ["ntfs3", "ntfs-3g", "ntfs"] {
            let found = try findings(ofBoot: "ntfs", declared: driver)
            #expect(!found.contains("fstab.wrong-type"))
        }
    }

    @Test func `what ext3 adds to ext2 is no hindrance to it, and the other way round it is`() throws {
        #expect(try !findings(ofBoot: "ext3", declared: "ext2").contains("fstab.wrong-type"))
        #expect(try findings(ofBoot: "ext2", declared: "ext3").contains("fstab.wrong-type"))
    }

    private func findings(ofBoot type: String, declared: String) throws -> [String] {
        var mirror = try Mirror()
        let boot = mirror.survey.bootDirectories[0].volume
        try mirror.change(boot.rawValue) { $0.signature?.type = type }
        mirror.rewriteFstab("/boot xfs", "/boot \(declared)")
        return mirror.diagnosis.findings.map(\.id)
    }

    @Test func `a root that fstab does not find stays read-only, and the machine boots`() throws {
        var mirror = try Mirror()
        mirror.rewriteFstab("/dev/mapper/rhel-root / ", "UUID=\(Mirror.gone) / ")
        let finding = try mirror.finding("fstab.no-such-device")
        #expect(finding.severity == .warning)
        #expect(finding.symptom?.contains("stays read-only") == true)
        #expect(mirror.diagnosis.verdict == .degraded)
        #expect(try corrected(mirror).contains("/dev/rhel/root / ext4"))
    }

    @Test func `nothing waits for the kernel's name of the root`() throws {
        var mirror = try Mirror()
        mirror.rewriteFstab("/dev/mapper/rhel-root / ", "/dev/root / ")
        #expect(mirror.state(of: .fstab) == .done)
    }

    @Test func `a wrong type of the root is not asked when it is mounted`() throws {
        var mirror = try Mirror()
        mirror.rewriteFstab("/ ext4", "/ xfs")
        #expect(try mirror.finding("fstab.wrong-type").severity == .warning)
        #expect(mirror.diagnosis.verdict == .degraded)
    }

    @Test func `two filesystems with one UUID are a finding and no choice`() throws {
        var mirror = try Mirror()
        let swap = try #require(mirror.survey.storage.volumes.firstIndex { $0.name.hasSuffix("rhel/swap") })
        mirror.survey.storage.volumes[swap].signature = Signature(
            type: "xfs", usage: "filesystem", uuid: Mirror.bootUUID)
        #expect(try mirror.finding("fstab.ambiguous").severity == .warning)
    }

    @Test func `what is mounted now and will not be after the next boot is said, and is no step`() throws {
        var mirror = try Mirror()
        let (root, boot) = (mirror.installation.root, mirror.survey.bootDirectories[0].volume)
        mirror.survey.mounted = [MountedVolume(volume: root, target: "/")]
        #expect(!mirror.diagnosis.findings.map(\.id).contains("fstab.mounted-otherwise"))
        mirror.installation.runsHere = true
        #expect(try mirror.finding("fstab.mounted-otherwise").severity == .note)
        #expect(mirror.wrongSteps.isEmpty)
        mirror.survey.mounted?.append(MountedVolume(volume: boot, target: "/boot"))
        #expect(!mirror.diagnosis.findings.map(\.id).contains("fstab.mounted-otherwise"))
    }

    // MARK: what no survey of disks knows

    @Test(arguments: [
        "/dev/mapper/mpathb1", "/dev/mapper/mpathb-part1", "/dev/mapper/veracrypt1", "/dev/drbd0",
        "/dev/bcache0", "/dev/md0p1", "/dev/md/0p1", "/dev/zvol/tank/data", "/dev/cciss/c0d0p1",
        "/dev/disk/by-path/pci-0000:00:1f.2-ata-1-part1", "/dev/disk/by-id/ata-DISK_1234567-part1",
    ])
    func `whether a device of a kind that is not modelled is there cannot be told`(source: String) throws {
        var mirror = try mirror(with: "\(source) /data xfs defaults 0 0")
        #expect(mirror.state(of: .fstab) == .unknown)
        #expect(!mirror.diagnosis.findings.contains { $0.step == .fstab })
        mirror.rewriteFstab("/data xfs defaults", "/data xfs defaults,nofail")
        #expect(mirror.wrongSteps.isEmpty)
        mirror.rewriteFstab("/data xfs defaults,nofail", "none swap sw")
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test(arguments: [
        "/dev/sdz1", "/dev/nvme3n1p1", "/dev/old/data", "/dev/mapper/old-data", "/dev/rhel/data", "/dev/md9",
        "/dev/md/data", "LABEL=data", "PARTLABEL=data", "/dev/disk/by-uuid/\(Mirror.gone)",
        "/dev/disk/by-partlabel/data",
    ])
    func `a device of a kind that is modelled is gone where no disk has it`(source: String) throws {
        let mirror = try mirror(with: "\(source) /data xfs defaults 0 0")
        #expect(try mirror.finding("fstab.no-such-device").severity == .blocker)
    }

    @Test func `swap in compressed memory is made at boot`() throws {
        #expect(try mirror(with: "/dev/zram0 none swap defaults 0 0").wrongSteps.isEmpty)
    }

    @Test func `what the running system has mounted there is there`() throws {
        var mirror = try mirror(with: "/dev/disk/by-path/pci-1 /data xfs defaults 0 0")
        let (root, boot) = (mirror.installation.root, mirror.survey.bootDirectories[0].volume)
        mirror.installation.runsHere = true
        mirror.survey.mounted = ["/": root, "/boot": boot, "/data": root].map {
            MountedVolume(volume: $1, target: $0)
        }
        #expect(mirror.state(of: .fstab) == .done)
    }

    @Test func `a disk's serial number in a link of udev's stands for the disk`() throws {
        let line = "/dev/disk/by-id/ata-MAKER_MODEL_S3RIAL77-part2 /data xfs defaults 0 0"
        var mirror = try mirror(with: line)
        mirror.survey.storage.disks[0].serial = "S3RIAL77"
        #expect(mirror.state(of: .fstab) == .done)
        mirror.rewriteFstab("-part2", "-part7")
        #expect(mirror.state(of: .fstab) == .unknown)
    }

    @Test func `a link by label leads to the filesystem, its blanks encoded`() throws {
        var mirror = try mirror(with: #"/dev/disk/by-label/my\x20data /data xfs defaults 0 0"#)
        mirror.plugIn("c.img", partitions: [1 << 30])
        try mirror.change("c.img#1") {
            $0.signature = Signature(type: "xfs", usage: "filesystem", label: "my data")
        }
        #expect(mirror.state(of: .fstab) == .done)
    }

    @Test(arguments: ["bcache", "drbd", "isw_raid_member"])
    func `a UUID that no disk shows may be in what is not looked into`(type: String) throws {
        var mirror = try mirror(with: "UUID=\(Mirror.gone) /data xfs defaults 0 0")
        mirror.plugIn("c.img", partitions: [1 << 30])
        try mirror.change("c.img#1") { $0.signature = Signature(type: type) }
        #expect(mirror.state(of: .fstab) == .unknown)
        mirror.rewriteFstab("UUID=\(Mirror.gone)", "/dev/mapper/rhel-data")
        #expect(try mirror.finding("fstab.no-such-device").severity == .blocker)
    }
}
