import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

/// Where writing could destroy data nothing is written, and the way out is said.
@Suite struct Refusals {
    private func reasons(_ mirror: Mirror, forced: Set<PlanRefusal.Reason> = []) -> [PlanRefusal.Reason] {
        Scene(mirror.survey, mirror.installation).refusals(forced: forced).map(\.reason)
    }

    private func reasons(_ change: (inout Mirror) throws -> Void) throws -> [PlanRefusal.Reason] {
        var mirror = try Mirror()
        try change(&mirror)
        return reasons(mirror)
    }

    @Test func `a machine with nothing in the way is not refused`() throws {
        #expect(try reasons { _ in } == [])
        #expect(try reasons { $0.unplug("b.img") } == [])
    }

    @Test func `a plan that would write is none where there is a reason not to`() throws {
        var mirror = try Mirror()
        mirror.eraseBootCode(of: 1)
        #expect(mirror.plan().refusals == [])
        try mirror.change("lv:rhel/swap") { $0.signature?.type = "swsuspend" }
        #expect(mirror.plan().refusals.map(\.reason) == [.hibernated])
        #expect(mirror.plan().refusals.first?.wayOut.contains("mkswap -U") == true)
        // It is its own: nobody knows better.
        #expect(mirror.plan(PlanOptions(forced: [.hibernated])).refusals.count == 1)
    }

    @Test func `another system's hibernation counts on the same disks alone, and can be forced`() throws {
        var mirror = try Mirror()
        mirror.rewriteFstab("/dev/mapper/rhel-swap", "/dev/none")
        try mirror.change("lv:rhel/swap") { $0.signature?.type = "swsuspend" }
        #expect(reasons(mirror) == [.hibernated])
        #expect(reasons(mirror, forced: [.hibernated]) == [])
        var other = try Mirror()
        other.plugIn("c.img", partitions: [1 << 30])
        try other.change("c.img#1") { $0.signature = Signature(type: "swsuspend") }
        #expect(reasons(other) == [])
    }

    @Test func `a mirror whose halves have each run alone, or are none of them current`() throws {
        #expect(
            try reasons { mirror in
                let id = try #require(mirror.survey.storage.arrays.first).id.rawValue
                try mirror.change(id) { for index in 0..<2 { $0.copies[index].currency = .unknown } }
            } == [.noCurrentCopy])
        #expect(
            try reasons { mirror in
                try mirror.change("lv:rhel/root") {
                    for index in 0..<2 {
                        $0.copies[index].currency = .unknown
                        $0.copies[index].reason = "split brain: each has run without the other"
                    }
                }
            } == [.splitBrain])
    }

    @Test func `a member that is there twice, although the other is whole`() throws {
        #expect(
            try reasons { mirror in
                var twin = mirror.survey.storage.arrays[0].members[1]
                twin.device = VolumeID("c.img#1")
                mirror.survey.storage.arrays[0].members.append(twin)
            } == [.duplicateMember])
    }

    @Test func `an array that is being reshaped`() throws {
        #expect(
            try reasons { $0.survey.storage.arrays[0].members[0].superblock.featureMap |= 4 } == [.reshape])
        #expect(
            try reasons {
                $0.survey.storage.arrays[0].activity = MDActivity(state: "clean", action: "reshape")
            } == [.reshape])
    }

    @Test func `a volume group of the same name, and no other's`() throws {
        func add(_ name: String, to mirror: inout Mirror) {
            var other = mirror.survey.storage.groups[0]
            other.id = "another"
            other.name = name
            mirror.survey.storage.groups.append(other)
        }
        #expect(try reasons { add("rhel", to: &$0) } == [.sameNameGroup])
        #expect(
            try reasons {
                add("data", to: &$0)
                add("data", to: &$0)
            } == [])
    }

    @Test func `a physical volume that is there twice`() throws {
        #expect(
            try reasons {
                $0.survey.storage.groups[0].physicalVolumes[0].duplicates = [VolumeID("c.img#2")]
            } == [.duplicatePV])
    }

    @Test func `a volume group that is exported, shared, or on its way to another disk`() throws {
        #expect(try reasons { $0.survey.storage.groups[0].flags.append("EXPORTED") } == [.exportedGroup])
        #expect(try reasons { $0.survey.storage.groups[0].lockType = "sanlock" } == [.sharedGroup])
        #expect(try reasons { $0.survey.storage.groups[0].lockType = "none" } == [])
        #expect(try reasons { try $0.changeLV("root") { $0.flags.append("PVMOVE") } } == [.pvmove])
    }

    @Test func `a disk that is half of a firmware's mirror`() throws {
        #expect(
            try reasons { try $0.change("b.img") { $0.signature = Signature(type: "isw_raid_member") } } == [
                .foreignRaid
            ])
    }

    @Test func `a disk that fails and may hold a part of the system`() throws {
        let failing = { (mirror: inout Mirror) in
            mirror.plugIn("/dev/sdc", partitions: nil)
            mirror.survey.storage.disks[2].failure = "it has not answered for 5 seconds"
            try mirror.change("/dev/sdc") { $0.failure = "it has not answered for 5 seconds" }
        }
        // No part is missing: whatever it is, it is not needed.
        #expect(try reasons(failing) == [])
        #expect(
            try reasons {
                $0.unplug("b.img")
                $0.plugIn("/dev/sdc", partitions: nil)
                $0.survey.storage.disks[1].failure = "it has not answered for 5 seconds"
                try $0.change("/dev/sdc") { $0.failure = "it has not answered for 5 seconds" }
            } == [.unreadDisk])
    }

    @Test func `a disk of the system's that answers, but not with all of its sectors`() throws {
        #expect(try reasons { $0.survey.storage.disks[1].readError = "Input/output error" } == [.unreadDisk])
        // Another disk's is its own affair.
        #expect(
            try reasons {
                $0.plugIn("/dev/sdc", partitions: nil)
                $0.survey.storage.disks[2].readError = "Input/output error"
            } == [])
    }

    @Test func `a root that is a snapshot and takes no writes`() throws {
        #expect(try reasons { $0.installation.isReadOnly = true } == [.readOnlyRoot])
        #expect(try reasons { $0.installation.isReadOnly = false } == [])
    }

    @Test func `a system that is hibernated in a file of its root`() throws {
        #expect(
            try reasons {
                $0.survey.hibernatedFiles = [SwapFileImage(volume: VolumeID("lv:rhel/root"), offset: 1)]
            } == [.hibernated])
        #expect(try reasons { $0.installation.hibernatedFiles = ["/swap.img"] } == [.hibernated])
        #expect(
            try reasons {
                $0.installation.hibernatedFiles = ["/swap.img"]
                $0.survey.hibernatedFiles = [SwapFileImage(volume: VolumeID("lv:rhel/root"), offset: 1)]
            } == [.hibernated])
        #expect(
            try reasons {
                $0.plugIn("c.img", partitions: [1 << 30])
                $0.survey.hibernatedFiles = [SwapFileImage(volume: VolumeID("c.img#1"), offset: 1)]
            } == [])
    }

    @Test func `a rescue that was cut short, which can be left as it is`() throws {
        var mirror = try Mirror()
        mirror.installation.cutShort = [CutShortRun(id: "3", title: "Install GRUB on /dev/sda")]
        #expect(reasons(mirror) == [.cutShort])
        #expect(reasons(mirror, forced: [.cutShort]) == [])
    }

    @Test func `a half that is mounted by itself, and a swap that the rescue system has taken`() throws {
        let half = InUse(volume: VolumeID("a.img#1"), target: "/mnt")
        #expect(try reasons { $0.survey.inUse = [half] } == [.memberMounted])
        let whole = InUse(volume: VolumeID("lv:rhel/root"), target: "/mnt/sysimage")
        #expect(try reasons { $0.survey.inUse = [whole] } == [])
        let swap = InUse(volume: VolumeID("lv:rhel/swap"), target: nil)
        #expect(try reasons { $0.survey.inUse = [swap] } == [.swapInUse])
        #expect(
            try reasons {
                $0.survey.inUse = [swap]
                $0.installation.runsHere = true
            } == [])
    }

    @Test func `a disk that takes no writes, or has several paths`() throws {
        #expect(try reasons { $0.survey.storage.disks[1].isReadOnly = true } == [.readOnlyDisk])
        #expect(try reasons { $0.survey.storage.disks[1].otherPaths = ["/dev/sdc"] } == [.multipath])
        #expect(
            try reasons {
                $0.plugIn("c.img", partitions: nil)
                $0.survey.storage.disks[2].isReadOnly = true
            } == [])
    }

    @Test func `is told by every look, before anybody wants to write`() throws {
        var mirror = try Mirror()
        #expect(mirror.diagnosis.refusals == [])
        mirror.survey.storage.groups[0].flags.append("EXPORTED")
        #expect(mirror.diagnosis.refusals.map(\.reason) == [.exportedGroup])
    }
}
