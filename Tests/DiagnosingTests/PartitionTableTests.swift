import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct `the partition table` {
    @Test
    func `of a blank disk in the place of a lost one was not copied, and copying it is left to the person`()
        throws
    {
        var mirror = try Mirror()
        mirror.unplug("b.img")
        mirror.plugIn("c.img", partitions: nil)
        #expect(mirror.state(of: .partitionTable) == .skipped)
        let finding = try mirror.finding("partition-table.missing")
        #expect(finding.severity == .warning)
        let disk = try #require(mirror.diagnosis.disks.first { $0.device == "c.img" })
        #expect(disk.bootsAlone == .no && !disk.should && disk.breaksAt == .grubInstall)
        let lines = finding.remedies.flatMap(\.changes).flatMap(\.linesByHand)
        #expect(lines == ["sfdisk -d a.img | sed /^label-id:/d | sfdisk c.img"])
        let plan = mirror.plan(PlanOptions(confirmed: ["", "c.img"]))
        #expect(!plan.remedies.contains { $0.step == .partitionTable })
        #expect(plan.notDone.contains { $0.step == .partitionTable })
    }

    @Test func `of several blank disks, the one as large as the rest of the mirror is meant`() throws {
        var mirror = try Mirror()
        mirror.unplug("b.img")
        mirror.plugIn("c.img", partitions: nil)
        mirror.plugIn("d.img", partitions: nil)
        func named() -> [Evidence.Place] {
            mirror.diagnosis.findings.filter { $0.id == "partition-table.missing" }
                .flatMap { $0.evidence.map(\.place) }
        }
        #expect(named() == [.device("c.img", offset: 0), .device("d.img", offset: 0)])
        let last = try #require(mirror.survey.storage.disks.indices.last)
        mirror.survey.storage.disks[last].size = mirror.survey.storage.disks[0].size
        #expect(named() == [.device("d.img", offset: 0)])
    }

    @Test func `of a blank disk beside a whole mirror is nobody's business`() throws {
        var mirror = try Mirror()
        mirror.plugIn("c.img", partitions: nil)
        #expect(mirror.state(of: .partitionTable) == .done)
    }

    @Test func `of a new disk has to hold the lost half`() throws {
        var mirror = try Mirror()
        mirror.unplug("b.img")
        var right = mirror
        right.plugIn("c.img", partitions: [419_430_400, 1_995_440_128])
        #expect(right.state(of: .partitionTable) == .done)
        mirror.plugIn("c.img", partitions: [419_430_400, 1_900_000_000])
        #expect(mirror.state(of: .partitionTable) == .stale)
        let evidence = try mirror.finding("partition-table.too-small").evidence.first
        #expect(evidence?.seen.contains("1900000000") == true)
        #expect(evidence?.expected == "1993342976 bytes")
    }

    @Test func `that was shortened under its member is wrong`() throws {
        var mirror = try Mirror()
        try mirror.change("b.img#1") { $0.size = 400_000_000 }
        #expect(mirror.state(of: .partitionTable) == .stale)
        #expect(try mirror.finding("partition-table.too-small").evidence.first?.expected == "419430400 bytes")
    }

    @Test func `has to leave the core image that the other disk has its room`() throws {
        var mirror = try Mirror()
        mirror.survey.diskBoots[1].area?.length = 62 * 512
        #expect(mirror.state(of: .partitionTable) == .done)
        mirror.eraseBootCode(of: 1)
        let finding = try mirror.finding("partition-table.no-embedding-room")
        #expect(finding.severity == .warning)
        #expect(finding.evidence.first?.expected == "66560 bytes")
        mirror.eraseBootCode(of: 0)
        #expect(try mirror.finding("partition-table.no-embedding-room").severity == .note)
    }

    @Test func `of type GPT has to have a BIOS boot partition`() throws {
        var mirror = try Mirror()
        mirror.eraseBootCode(of: 1)
        mirror.survey.storage.disks[1].table?.type = "gpt"
        mirror.survey.diskBoots[1].area = nil
        #expect(mirror.state(of: .partitionTable) == .skipped)
        // A tool that is bound to refuse takes everything else back with it.
        #expect(try mirror.finding("grub-install.missing").remedies.allSatisfy(\.isByHand))
        #expect(mirror.plan().isEmpty)
        let lines = try mirror.finding("partition-table.no-bios-boot").remedies.flatMap(\.changes)
            .flatMap(\.linesByHand)
        #expect(lines == ["sgdisk -a 1 -n 0:34:2047 -t 0:ef02 b.img"])
    }

    @Test func `is nothing that GRUB could be written beside, where the disk or its place is taken`() throws {
        var mirror = try Mirror()
        mirror.eraseBootCode(of: 1)
        mirror.survey.storage.disks[1].table?.type = "gpt"
        let start = try #require(mirror.survey.storage.disks[1].table?.partitions[1].start)
        mirror.survey.diskBoots[1].area?.start = start
        #expect(try mirror.finding("partition-table.bios-boot-in-use").evidence.first?.seen == "LVM2_member")
        #expect(try mirror.finding("grub-install.missing").remedies.allSatisfy(\.isByHand))
        mirror.survey.storage.disks[1].table = nil
        try mirror.change("b.img") { $0.signature = Signature(type: "LVM2_member") }
        #expect(try mirror.finding("partition-table.no-table").severity == .warning)
        #expect(try mirror.finding("grub-install.missing").remedies.allSatisfy(\.isByHand))
        #expect(mirror.plan().isEmpty)
    }

    @Test func `copied with its id is noted, and done`() throws {
        var mirror = try Mirror()
        let first = mirror.survey.storage.disks[0].table?.uuid
        mirror.survey.storage.disks[1].table?.uuid = first
        #expect(try mirror.finding("partition-table.same-id").severity == .note)
        #expect(mirror.state(of: .partitionTable) == .done)
    }

    @Test func `array, logical volumes and their sync are no matter of a machine with one disk`() throws {
        var mirror = try Mirror()
        try mirror.makeLinear("root")
        try mirror.makeLinear("swap")
        try mirror.makeBootPlain()
        mirror.survey.storage.groups[0].physicalVolumes.removeLast()
        mirror.unplug("b.img")
        for step in [StepID.partitionTable, .mdArray, .lvmMirror, .sync] {
            #expect(mirror.state(of: step) == .notApplicable)
        }
    }

    @Test func `an empty disk replaces nothing where all disks of the mirror are here`() throws {
        var mirror = try Mirror()
        mirror.plugIn("c.img", partitions: nil)
        let array = mirror.survey.storage.arrays[0]
        mirror.survey.storage.arrays[0].members.removeAll { $0.device == VolumeID("b.img#1") }
        try #require(mirror.survey.storage.arrays[0].members.count < array.members.count)
        #expect(mirror.state(of: .mdArray) == .stale)
        #expect(mirror.state(of: .partitionTable) == .done)
        mirror.unplug("b.img")
        #expect(mirror.state(of: .partitionTable) == .skipped)
    }
}
