import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct StepTests {
    @Test func `the healthy mirror has every step done, and does not boot from one disk`() throws {
        let diagnosis = try Mirror().diagnosis
        #expect(diagnosis.steps.allSatisfy { $0.state == .done })
        #expect(diagnosis.findings.map(\.id) == ["initramfs.no-degraded-activation"])
        #expect(diagnosis.verdict == .degraded)
        #expect(diagnosis.disks.map(\.bootsAlone) == [.no, .no])
        #expect(diagnosis.disks.allSatisfy { $0.should && $0.breaksAt == .initramfs })
    }

    @Test func `each step that is done says what proves it`() throws {
        let steps = try Mirror().diagnosis.steps
        let proofs = Dictionary(uniqueKeysWithValues: steps.map { ($0.id, $0.reason ?? "") })
        #expect(
            proofs == [
                .partitionTable:
                    "partitions on a.img and b.img that hold the mirror's parts, and room for GRUB",
                .mdArray: "/dev/md/0: 2 of 2 members, 23 events",
                .bootCopy: "/dev/md0 holds \(Mirror.kernel)",
                .mdadmConf: "/etc/mdadm/mdadm.conf:21 names /dev/md/0",
                .fstab: "/ is /dev/rhel/root, /boot is /dev/md0, swap is /dev/rhel/swap",
                .lvmMirror: "rhel/root on a.img and b.img; rhel/swap on a.img and b.img",
                .initramfs: "initrd.img-\(Mirror.kernel) is whole and has what the root needs",
                .cmdline: "root=/dev/mapper/rhel-root is this system's root",
                .grubConfig: "/boot/grub/grub.cfg starts /vmlinuz-\(Mirror.kernel), which is there",
                .grubInstall:
                    "a whole core image on a.img and b.img, prefix (mduuid/6d1e2f308a4b4c5d9e0f1a2b3c4d5e6f)/grub",
                .sync: "no half is behind, and nothing copies",
            ])
    }

    @Test func `with the script in its image it boots from either disk, and nothing is left to say`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.scripts.insert("scripts/local-block/bootmend-degraded")
        #expect(mirror.diagnosis.verdict == .boots)
        #expect(mirror.diagnosis.findings.isEmpty)
        #expect(mirror.bootsAlone == [.yes, .yes])
    }

    // MARK: mdadm-conf

    @Test func `a stale UUID stops the boot only where fstab goes by the array's name`() throws {
        var mirror = try Mirror()
        mirror.rewriteMdadmConf(Mirror.arrayUUID, "0badc0de:0badc0de:0badc0de:0badc0de")
        mirror.rewriteMdadmConf(Mirror.arrayUUID, "0badc0de:0badc0de:0badc0de:0badc0de", inImage: true)
        #expect(mirror.wrongSteps == [.mdadmConf])
        #expect(try mirror.finding("mdadm-conf.stale-uuid").severity == .warning)
        mirror.mountBootByName()
        #expect(mirror.wrongSteps == [.mdadmConf])
        #expect(try mirror.finding("mdadm-conf.stale-uuid").severity == .blocker)
        #expect(mirror.diagnosis.verdict == .broken)
    }

    // The lab's RHEL machine booted: dracut puts the host's name into the image, and the array is of that host.
    @Test func `a stale UUID stops no boot where the image has the array's name from elsewhere`() throws {
        let wrong = "0badc0de:0badc0de:0badc0de:0badc0de"
        var mirror = try Mirror()
        mirror.mountBootByName()
        mirror.rewriteMdadmConf(Mirror.arrayUUID, wrong)
        #expect(try mirror.finding("mdadm-conf.stale-uuid").severity == .warning)
        mirror.rewriteMdadmConf(Mirror.arrayUUID, wrong, inImage: true)
        mirror.image.facts?.texts["etc/hostname"] = "mirror\n"
        #expect(try mirror.finding("mdadm-conf.stale-uuid").severity == .warning)
        mirror.rewriteMdadmConf(wrong, Mirror.arrayUUID)
        #expect(try mirror.finding("initramfs.stale-mdadm-conf").severity == .warning)
        mirror.image.facts?.texts["etc/hostname"] = "other\n"
        #expect(try mirror.finding("initramfs.stale-mdadm-conf").severity == .blocker)
        mirror.rewriteMdadmConf(Mirror.arrayUUID, wrong)
        #expect(try mirror.finding("mdadm-conf.stale-uuid").severity == .blocker)
    }

    @Test func `the correction changes the UUID and no other byte, and carries it into the image`() throws {
        let healthy = try Mirror()
        var mirror = healthy
        mirror.rewriteMdadmConf(Mirror.arrayUUID, "0badc0de:0badc0de:0badc0de:0badc0de")
        let changes = try mirror.finding("mdadm-conf.stale-uuid").remedies.flatMap(\.changes)
        guard case .writeFile(let path, let text, let was, _) = changes.first else {
            Issue.record("the first change does not write a file")
            return
        }
        #expect(path == "/etc/mdadm/mdadm.conf")
        #expect(text == healthy.installation.mdadmConf?.text)
        #expect(was == mirror.installation.mdadmConf?.text)
        #expect(changes.dropFirst().map(\.kind) == ["build"])
    }

    @Test(arguments: [
        ("ARRAY", "#ARRAY", "missing", "skipped"), ("ARRAY /dev/md/0", "ARRAY <ignore>", "hidden", "stale"),
    ])
    func `a line that is not there and one that hides are two things`(
        old: String, new: String, word: String, state: String
    ) throws {
        var mirror = try Mirror()
        mirror.rewriteMdadmConf(old, new)
        #expect(try mirror.finding("mdadm-conf.\(word)").step == .mdadmConf)
        #expect(mirror.diagnosis.steps.first { $0.id == .mdadmConf }?.state.rawValue == state)
    }

    @Test(arguments: [
        ("name=mirror:0", true), ("name=0", true), ("devices=/dev/sda1,/dev/sdb1", true),
        ("name=other:1", false), ("super-minor=0", false), ("devices=/dev/sda9,/dev/sdb9", false),
    ])
    func `a line without a UUID names the array by what else identifies it`(
        identity: String, isNamed: Bool
    ) throws {
        var mirror = try Mirror()
        for inImage in [false, true] {
            mirror.rewriteMdadmConf("UUID=\(Mirror.arrayUUID) name=mirror:0", identity, inImage: inImage)
        }
        mirror.mountBootByName()
        #expect(mirror.wrongSteps == (isNamed ? [] : [.mdadmConf]))
    }

    @Test func `a line in the directory beside mdadm-conf counts, and is put right where it stands`() throws {
        let map = try Mirror().survey.storage
        let main = Installation.TextFile(path: "/etc/mdadm/mdadm.conf", text: "MAILADDR root\n")
        let right = "ARRAY /dev/md/0 UUID=\(Mirror.arrayUUID)\n"
        func naming(_ name: String, _ text: String) -> ArrayNaming {
            ArrayNaming(
                map, under: map.arrays.map(\.id), conf: main, texts: ["\(main.path).d/\(name)": text],
                fstab: [])
        }
        #expect(naming("a.conf", right).isRight)
        #expect(!naming(".a.conf", right).isRight)
        #expect(!naming("a.conf~", right).isRight)
        let wrong = right.replacing(Mirror.arrayUUID, with: "0badc0de:0badc0de:0badc0de:0badc0de")
        #expect(
            naming("a.conf", wrong).corrections
                == [.init(path: "/etc/mdadm/mdadm.conf.d/a.conf", text: right, was: wrong)])
    }

    @Test func `a machine whose arrays are named beside mdadm-conf has the step done`() throws {
        var mirror = try Mirror()
        let line = "ARRAY /dev/md/0 UUID=\(Mirror.arrayUUID)\n"
        mirror.rewriteMdadmConf("ARRAY", "#ARRAY")
        mirror.installation.texts["/etc/mdadm/mdadm.conf.d/a.conf"] = line
        mirror.mountBootByName()
        #expect(mirror.wrongSteps.isEmpty)
    }

    // MARK: fstab

    @Test func `an old UUID for /boot is fstab's alone, and its correction is the filesystem in the array`()
        throws
    {
        var mirror = try Mirror()
        mirror.rewriteFstab(Mirror.bootUUID, Mirror.gone)
        #expect(mirror.wrongSteps == [.fstab])
        let finding = try mirror.finding("fstab.no-such-device")
        #expect(finding.severity == .blocker)
        #expect(finding.evidence.first?.expected == "UUID=" + Mirror.bootUUID)
    }

    @Test func `nofail makes the same line no reason not to boot`() throws {
        var mirror = try Mirror()
        mirror.rewriteFstab(
            "UUID=\(Mirror.bootUUID) /boot xfs defaults", "UUID=\(Mirror.gone) /boot xfs defaults,nofail")
        #expect(try mirror.finding("fstab.no-such-device").severity == .note)
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test func `the mdadm-conf that was read is the one that is shown and corrected`() throws {
        var mirror = try Mirror()
        mirror.installation.mdadmConf?.path = "/etc/mdadm.conf"
        mirror.rewriteMdadmConf(Mirror.arrayUUID, "11111111:22222222:33333333:44444444")
        let finding = try mirror.finding("mdadm-conf.stale-uuid")
        guard case .file("/etc/mdadm.conf", _) = finding.evidence.first?.place else {
            Issue.record("the evidence is \(finding.evidence)")
            return
        }
        #expect(finding.remedies.flatMap(\.changes).first?.path == "/etc/mdadm.conf")
    }

    @Test func `the name of an array is right when the corrected mdadm-conf gives it`() throws {
        var mirror = try Mirror()
        mirror.mountBootByName()
        #expect(mirror.wrongSteps.isEmpty)
        mirror.rewriteMdadmConf(Mirror.arrayUUID, "0badc0de:0badc0de:0badc0de:0badc0de")
        #expect(!mirror.wrongSteps.contains(.fstab))
    }

    // MARK: initramfs

    @Test func `an image from before LVM lacks the tool and both drivers`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.programs.remove("lvm")
        for module in ["dm_raid", "raid1"] { mirror.image.facts?.modules.remove(module) }
        #expect(mirror.wrongSteps == [.initramfs])
        #expect(try mirror.finding("initramfs.tool-missing").severity == .blocker)
        #expect(try mirror.finding("initramfs.module-missing").evidence.first?.expected == "dm-raid, raid1")
    }

    @Test func `a driver whose own dependency is missing does not load`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.modules.remove("raid456")
        #expect(try mirror.finding("initramfs.module-missing").summary.contains("raid456"))
    }

    @Test func `a module built into the kernel is not missing`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.modules.remove("raid1")
        mirror.installation.builtIn[Mirror.kernel, default: []].append("raid1")
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test func `a kernel without any image was never given one`() throws {
        var mirror = try Mirror()
        mirror.survey.bootDirectories[0].images = []
        #expect(mirror.diagnosis.steps.first { $0.id == .initramfs }?.state == .skipped)
        #expect(try mirror.finding("initramfs.missing").severity == .blocker)
    }

    @Test func `a truncated image stops the boot, whatever it would hold`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.damage = .init(
            kind: .truncated, reason: "the zstd stream ends in the middle", offset: 4096)
        #expect(try mirror.finding("initramfs.damaged").severity == .blocker)
    }

    @Test func `an image that no kernel unpacks stops the boot although it is whole`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.segments.append(
            InitramfsSegment(offset: 512, compression: "xz", refused: "the kernel unpacks xz only with crc32")
        )
        let finding = try mirror.finding("initramfs.refused")
        #expect(finding.severity == .blocker)
        #expect(finding.evidence.first?.seen == "xz at byte 512")
        #expect(mirror.wrongSteps == [.initramfs])
    }

    @Test func `a stale copy of a right mdadm-conf is the image's`() throws {
        var mirror = try Mirror()
        mirror.rewriteMdadmConf(Mirror.arrayUUID, "0badc0de:0badc0de:0badc0de:0badc0de", inImage: true)
        #expect(mirror.wrongSteps == [.initramfs])
        #expect(try mirror.finding("initramfs.stale-mdadm-conf").severity == .warning)
        mirror.mountBootByName()
        #expect(try mirror.finding("initramfs.stale-mdadm-conf").severity == .blocker)
    }

    @Test func `what was not looked into is not passed as whole`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.notLookedInto = "nested squashfs image 'squash-root.img'"
        #expect(mirror.diagnosis.steps.first { $0.id == .initramfs }?.state == .unknown)
        #expect(mirror.diagnosis.verdict == .unknown)
    }

    @Test func `files of a root with a dirty log are not judged`() throws {
        var mirror = try Mirror()
        mirror.installation.readUnreplayed = true
        #expect(
            mirror.diagnosis.steps.filter { $0.state == .unknown }.map(\.id) == [
                .mdadmConf, .fstab, .cmdline,
            ])
        #expect(mirror.diagnosis.steps.first { $0.id == .fstab }?.reason == "dirty-log")
    }
}
