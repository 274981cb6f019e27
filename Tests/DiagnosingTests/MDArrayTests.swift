import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct `the array` {
    @Test func `with a member that fell out runs, and takes it back when its device is named`() throws {
        var mirror = try Mirror()
        mirror.survey.storage.arrays[0].members[1].superblock.events = 20
        #expect(mirror.wrongSteps == [.mdArray])
        #expect(mirror.state(of: .mdArray) == .stale)
        let finding = try mirror.finding("md-array.stale-member")
        #expect(finding.severity == .warning)
        #expect(finding.evidence.first?.seen == "20 of 23 events")
        #expect(mirror.plan().remedies.isEmpty)
        let remedy = try #require(mirror.plan(PlanOptions(confirmed: ["b.img#1"])).remedies.last)
        #expect(remedy.changes.first?.command?.vector == ["mdadm", "/dev/md/0", "--add", "b.img#1"])
        #expect(remedy.changes.map(\.isUndoable) == [false])
    }

    @Test func `takes a member back after everything that can be undone`() throws {
        var mirror = try Mirror()
        mirror.survey.storage.arrays[0].members[1].superblock.events = 20
        mirror.rewriteFstab(Mirror.bootUUID, Mirror.gone)
        let plan = mirror.plan(PlanOptions(confirmed: ["b.img#1"]))
        #expect(plan.remedies.map(\.step) == [nil, .fstab, .mdArray])
    }

    @Test func `whose second half is not here is degraded: filled once where the newest counts on it`() throws
    {
        var mirror = try Mirror()
        mirror.unplug("b.img")
        #expect(try mirror.finding("md-array.degraded").severity == .warning)
        #expect(mirror.state(of: .mdArray) == .stale)
        mirror.survey.storage.arrays[0].members[0].superblock.roles = [0xffff, 0xffff, 0]
        #expect(mirror.state(of: .mdArray) == .skipped)
        let lines = try mirror.finding("md-array.degraded").remedies.flatMap(\.changes).flatMap(\.linesByHand)
        #expect(lines == ["mdadm /dev/md/0 --add PARTITION"])
    }

    @Test func `gets the new disk's partition that nothing lies on`() throws {
        var mirror = try Mirror()
        mirror.unplug("b.img")
        mirror.plugIn("c.img", partitions: [419_430_400, 1_995_440_128])
        let remedy = try #require(try mirror.finding("md-array.degraded").remedies.first)
        #expect(remedy.confirmDevice == "c.img#1")
        #expect(remedy.changes.first?.command?.vector == ["mdadm", "/dev/md/0", "--add", "c.img#1"])
    }

    @Test func `whose halves each ran without the other is not put together`() throws {
        var mirror = try Mirror()
        mirror.survey.storage.arrays[0].members[0].superblock.roles = [0xffff, 0xffff, 0]
        mirror.survey.storage.arrays[0].members[1].superblock.roles = [0xffff, 1, 0xffff]
        let finding = try mirror.finding("md-array.split-brain")
        #expect(finding.remedies.isEmpty)
        #expect(finding.evidence.count == 2)
    }

    @Test func `does not start from a half that was still being rebuilt`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.scripts.insert("scripts/local-block/bootmend-degraded")
        mirror.survey.storage.arrays[0].members[1].superblock.recoveryOffset = 4096
        #expect(mirror.state(of: .mdArray) == .done)
        #expect(mirror.bootsAlone == [.yes, .no])
        #expect(mirror.diagnosis.disks[1].breaksAt == .mdArray)
    }

    @Test func `of /boot was never made where root alone is mirrored`() throws {
        var mirror = try Mirror()
        try mirror.makeBootPlain()
        #expect(mirror.state(of: .mdArray) == .skipped)
        let finding = try mirror.finding("md-array.not-mirrored")
        #expect(finding.summary.contains("a.img alone"))
        #expect(finding.severity == .warning)
    }

    @Test func `that the running system put together and did not start is said`() throws {
        var mirror = try Mirror()
        mirror.survey.storage.arrays[0].activity = MDActivity(state: "inactive")
        #expect(mirror.state(of: .mdArray) == .done)
        mirror.installation.runsHere = true
        #expect(try mirror.finding("md-array.inactive").evidence.first?.seen == "inactive")
    }
}

@Suite struct `the array under the root` {
    private static let finding = "initramfs.no-degraded-activation"

    /// As if the root lay on the array itself, and its second disk were gone.
    private func halved() throws -> Mirror {
        var mirror = try Mirror()
        mirror.installation.root = mirror.survey.bootDirectories[0].volume
        #expect(!isReported(mirror))
        mirror.unplug("b.img")
        return mirror
    }

    private func isReported(_ mirror: Mirror) -> Bool {
        mirror.diagnosis.findings.map(\.id).contains(Self.finding)
    }

    @Test func `starts with half its members where a script of mdadm's starts it`() throws {
        var mirror = try halved()
        #expect(!isReported(mirror))
        mirror.image.facts?.scripts.remove("scripts/local-block/mdadm")
        let finding = try mirror.finding(Self.finding)
        #expect(finding.severity == .blocker)
        #expect(finding.summary.hasSuffix("does not start the array /dev/md0"))
        mirror.image.facts?.scripts.insert("scripts/local-top/mdadm")
        #expect(!isReported(mirror))
    }

    @Test func `starts by itself where the half that is there knows of the loss`() throws {
        var mirror = try halved()
        mirror.image.facts?.scripts = []
        #expect(isReported(mirror))
        mirror.survey.storage.arrays[0].members[0].superblock.roles = [0xffff, 0xffff, 0]
        #expect(!isReported(mirror))
    }

    @Test func `waits in an image of mkinitcpio's that has neither hook nor timer`() throws {
        var mirror = try halved()
        mirror.image.facts?.generator = .mkinitcpio
        #expect(try mirror.finding(Self.finding).symptom?.contains("on real root") == true)
        mirror.image.facts?.scripts = ["hooks/mdadm"]
        #expect(!isReported(mirror))
        mirror.image.facts?.programs.insert("systemd")
        // A survey from before the units were kept does not tell.
        #expect(!isReported(mirror))
        mirror.image.facts?.units = []
        #expect(isReported(mirror))
        mirror.image.facts?.units = InitramfsUnits.lastResort
        #expect(!isReported(mirror))
    }

    @Test func `starts in an image of dracut's with its module, and is not judged in others`() throws {
        var mirror = try halved()
        mirror.image.facts?.scripts = []
        mirror.image.facts?.generator = .dracut(version: nil)
        #expect(isReported(mirror))
        mirror.image.facts?.programs.insert("mdraid_start")
        #expect(!isReported(mirror))
        for generator in [InitramfsFacts.Generator.booster, .unknown] {
            mirror.image.facts?.programs.remove("mdraid_start")
            mirror.image.facts?.generator = generator
            #expect(!isReported(mirror))
        }
    }
}

@Suite struct `the sync` {
    @Test func `is waited for while a member is rebuilt`() throws {
        var mirror = try Mirror()
        mirror.survey.storage.arrays[0].members[1].superblock.recoveryOffset = 4096
        #expect(mirror.wrongSteps == [.sync])
        let finding = try mirror.finding("sync.pending")
        #expect(finding.evidence.map(\.seen) == ["rebuilt only up to byte 4096 of 418381824"])
        #expect(finding.remedies.map(\.isByHand) == [true])
    }

    @Test func `of a running array is what the kernel says`() throws {
        var mirror = try Mirror()
        mirror.survey.storage.arrays[0].members[1].superblock.recoveryOffset = 4096
        mirror.survey.storage.arrays[0].node = "/dev/md0"
        mirror.survey.storage.arrays[0].activity = MDActivity(
            state: "active", action: "recover", completed: "1024 / 816896")
        #expect(try mirror.finding("sync.running").evidence.first?.seen == "recover, 1024 / 816896 sectors")
        mirror.survey.storage.arrays[0].activity = MDActivity(state: "clean", action: "idle")
        #expect(mirror.state(of: .sync) == .done)
    }

    @Test func `of a logical volume is due where LVM marked an image`() throws {
        var mirror = try Mirror()
        try mirror.changeLV("root_rimage_1") { $0.flags.append("REBUILD") }
        #expect(mirror.wrongSteps == [.sync])
        #expect(try mirror.finding("sync.pending").summary.hasPrefix("rhel/root (root)"))
    }

    @Test func `of a running logical volume is what device-mapper says`() throws {
        var mirror = try Mirror()
        try mirror.changeLV("swap") {
            $0.raidStatus = DMRaidStatus(health: "Aa", done: 100, total: 200, action: "recover")
        }
        #expect(mirror.wrongSteps == [.sync])
        #expect(try mirror.finding("sync.running").evidence.first?.seen == "recover, 100 / 200 sectors")
    }
}
