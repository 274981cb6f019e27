import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

/// What mdadm.conf hides, and what it costs to read.
@Suite struct MdadmConfTests {
    /// Its disks go by the kernel's names, and mdadm.conf lists what is to be looked at.
    private func listing(_ devices: String, inImage: Bool = false) throws -> Mirror {
        var mirror = try Mirror()
        try mirror.change("a.img#1") { $0.name = "/dev/sda1" }
        try mirror.change("b.img#1") { $0.name = "/dev/sdb1" }
        for copy in inImage ? [false, true] : [false] {
            mirror.rewriteMdadmConf(
                "#DEVICE partitions containers", "DEVICE \(devices)", inImage: copy)
        }
        return mirror
    }

    @Test(arguments: ["/dev/vd*", "/dev/sd*2", "/dev/sda1", "/dev/hd* /dev/vd*", "/dev/null"])
    func `a DEVICE line that leaves members out hides the array, and is rewritten`(devices: String) throws {
        var mirror = try listing(devices)
        let finding = try mirror.finding("mdadm-conf.hidden")
        #expect(finding.severity == .warning)
        #expect(finding.evidence.first?.expected == "DEVICE partitions")
        guard case .writeFile(_, let text, _, _) = finding.remedies.flatMap(\.changes).first else {
            Issue.record("the first change does not write a file")
            return
        }
        #expect(text == (try listing("partitions").installation.mdadmConf?.text))
        mirror.mountBootByName()
        #expect(try mirror.finding("mdadm-conf.hidden").severity == .warning)
    }

    @Test(arguments: [
        ("/dev/vd*", true), ("/dev/sd*2", true), ("/dev/null", true), ("/dev/sda1", false),
    ])
    func `an array of which neither the system nor the image sees enough stops what fstab mounts`(
        devices: String, stops: Bool
    ) throws {
        var mirror = try listing(devices, inImage: true)
        mirror.image.facts?.scripts.insert("scripts/local-block/bootmend-degraded")
        let finding = try mirror.finding("mdadm-conf.hidden")
        #expect(finding.severity == (stops ? .blocker : .warning))
        #expect(
            finding.symptom
                == (stops
                    ? "Timed out waiting for device UUID=\(Mirror.bootUUID), then emergency mode" : nil))
        #expect(mirror.diagnosis.verdict == (stops ? .broken : .degraded))
        if stops {
            #expect(mirror.bootsAlone == [.no, .no])
            #expect(mirror.diagnosis.disks.allSatisfy { $0.breaksAt == .mdadmConf })
        }
        // Once the file is right, its copy has to be as well.
        let changes = mirror.plan().remedies.filter { $0.step == .mdadmConf }.flatMap(\.changes)
        #expect(changes.map(\.kind) == ["write-file", "build"])
        mirror.mountBootByName()
        #expect(try mirror.finding("mdadm-conf.hidden").severity == (stops ? .blocker : .warning))
        mirror.rewriteFstab("/boot xfs defaults", "/boot xfs nofail")
        #expect(try mirror.finding("mdadm-conf.hidden").severity == .warning)
    }

    @Test func `an array that is ignored comes up where the image does not ignore it`() throws {
        func severity(_ change: (inout Mirror) -> Void) throws -> Finding.Severity {
            var mirror = try Mirror()
            mirror.rewriteMdadmConf("ARRAY /dev/md/0", "ARRAY <ignore>")
            change(&mirror)
            return try mirror.finding("mdadm-conf.hidden").severity
        }
        #expect(try severity { _ in } == .warning)
        #expect(
            try severity { $0.rewriteMdadmConf("ARRAY /dev/md/0", "ARRAY <ignore>", inImage: true) }
                == .blocker)
        // Under whatever name.
        #expect(try severity { $0.image.facts?.texts["etc/mdadm/mdadm.conf"] = nil } == .warning)
        #expect(try severity { $0.image.facts?.programs.remove("mdadm") } == .blocker)
        // dracut assembles what it was told of.
        #expect(try severity { $0.image.facts?.generator = .dracut(version: nil) } == .blocker)
        #expect(
            try severity {
                $0.image.facts?.generator = .dracut(version: nil)
                $0.config?.entries[0].arguments += " rd.md.uuid=\(Mirror.arrayUUID)"
            } == .warning)
        // What others do is not known.
        #expect(try severity { $0.image.facts?.generator = .booster } == .warning)
        #expect(try severity { $0.image.facts = nil } == .warning)
    }

    @Test func `an image that hides the root's array never gets to the system's mdadm-conf`() throws {
        // As if the array held the root, and the image what its filesystem needs.
        func onArray() throws -> Mirror {
            var mirror = try Mirror()
            mirror.installation.root = mirror.survey.bootDirectories[0].volume
            try mirror.change(mirror.installation.root.rawValue) { $0.signature?.type = "ext4" }
            return mirror
        }
        var mirror = try onArray()
        mirror.rewriteMdadmConf(Mirror.arrayUUID, "0badc0de:0badc0de:0badc0de:0badc0de", inImage: true)
        #expect(try mirror.finding("initramfs.stale-mdadm-conf").severity == .warning)
        mirror = try onArray()
        mirror.rewriteMdadmConf("ARRAY /dev/md/0", "ARRAY <ignore>", inImage: true)
        #expect(try mirror.finding("initramfs.stale-mdadm-conf").severity == .blocker)
    }

    @Test(arguments: [
        "partitions", "PARTITIONS", "/dev/sd*", "/dev/hd* /dev/sd[a-z]1", "/dev/sdc1 /dev/sdd1", "/dev/*",
        "/dev/disk/by-id/ata-*", "/dev/our-own-link", "nonsense",
    ])
    func `a DEVICE line that may show the members hides nothing`(devices: String) throws {
        let findings = try listing(devices).diagnosis.findings
        #expect(!findings.contains { $0.step == .mdadmConf })
    }

    @Test func `what disks the images become, LVM has noted, or nobody knows`() throws {
        for (devices, isHidden) in [("/dev/sd*", false), ("/dev/vd*", true)] {
            var mirror = try Mirror()
            mirror.rewriteMdadmConf("#DEVICE partitions containers", "DEVICE \(devices)")
            #expect(mirror.diagnosis.findings.contains { $0.id == "mdadm-conf.hidden" } == isHidden)
        }
        for (devices, isHidden) in [("/dev/vd*", false), ("/dev/nvme*p1", false), ("/dev/vd*2", true)] {
            var mirror = try Mirror()
            for index in mirror.survey.storage.groups[0].physicalVolumes.indices {
                mirror.survey.storage.groups[0].physicalVolumes[index].hint = nil
            }
            mirror.rewriteMdadmConf("#DEVICE partitions containers", "DEVICE \(devices)")
            #expect(mirror.diagnosis.findings.contains { $0.id == "mdadm-conf.hidden" } == isHidden)
        }
    }

    // MARK: Files made to exhaust the reader

    @Test(
        arguments: [
            "ARRAY /dev/md0 x\n", "ARRAY /dev/md0 devices=/dev/sd*[1-9]*x,/dev/sdq9\n",
            "ARRAY /dev/md0 UUID=0badc0de:0badc0de:0badc0de:0badc0de\n", "DEVICE /dev/sd*x /dev/sdq9\n",
        ])
    func `thousands of lines and many arrays are little work`(line: String) throws {
        var mirror = try Mirror()
        let array = try #require(mirror.survey.storage.arrays.first)
        for number in 1...40 {
            var other = array
            other.uuid = "\(10_000_000 + number):8a4b4c5d:9e0f1a2b:3c4d5e6f"
            other.id = VolumeID("md:" + other.uuid)
            other.name = "mirror:\(number)"
            mirror.survey.storage.arrays.append(other)
        }
        let (map, right) = (mirror.survey.storage, mirror.installation.mdadmConf?.text ?? "")
        let text = String(repeating: line, count: 4000) + right
        var naming: ArrayNaming?
        // Much less where nothing else runs; without bounds it takes minutes.
        let time = ContinuousClock().measure {
            naming = ArrayNaming(
                map, under: map.arrays.map(\.id),
                conf: Installation.TextFile(path: "/etc/mdadm/mdadm.conf", text: text), fstab: [])
        }
        #expect(naming?.uses.count == 41)
        #expect(naming?.uses.first?.isNamed == true)
        #expect(time < .seconds(10))
    }
}
