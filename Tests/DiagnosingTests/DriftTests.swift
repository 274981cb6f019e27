import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

/// A saved plan is for the disks that it was made from.
@Suite struct `What has changed since a plan was made` {
    private func drift(_ then: Mirror, _ now: Mirror, confirmed: String? = nil) -> [String] {
        var plan = then.plan(PlanOptions(again: [.grubInstall]))
        if let confirmed {
            plan.remedies.append(
                Remedy(
                    step: .mdArray, needs: .confirm, confirmDevice: confirmed, title: "Add it", changes: []))
        }
        return Drift.since(plan, then.survey, in: now.survey, of: now.installation)
    }

    private func drift(_ change: (inout Mirror) throws -> Void) throws -> [String] {
        let then = try Mirror()
        var now = then
        try change(&now)
        return drift(then, now)
    }

    @Test func `is nothing where the disks are the same, and whatever else was plugged in`() throws {
        #expect(try drift { _ in } == [])
        #expect(try drift { $0.plugIn("stick.img", partitions: [1 << 30]) } == [])
        #expect(try drift { $0.survey.bootDirectories[0].free = 1 } == [])
    }

    @Test func `is nothing in a survey whose passwords were taken out when it was saved`() throws {
        var mirror = try Mirror()
        mirror.rewriteFstab("defaults", "defaults,password=secret")
        let plan = mirror.plan(PlanOptions(again: [.grubInstall]))
        let (then, now) = (mirror.survey.withoutSecrets(), mirror.survey.withoutSecrets())
        #expect(Drift.since(plan, then, in: now, of: now.installations[0]) == [])
    }

    @Test func `is that disks have changed their names`() throws {
        var then = try Mirror()
        for index in 0..<2 { then.survey.storage.disks[index].serial = "disk-\(index)" }
        var now = then
        now.survey.storage.disks[0].serial = "disk-1"
        now.survey.storage.disks[1].serial = "disk-0"
        #expect(drift(then, now) == ["a.img is called b.img now", "b.img is called a.img now"])
    }

    @Test func `is that a disk is another one, gone, or divided anew`() throws {
        var then = try Mirror()
        for index in 0..<2 { then.survey.storage.disks[index].serial = "disk-\(index)" }
        var now = then
        now.survey.storage.disks[1].serial = "disk-2"
        #expect(drift(then, now) == ["b.img is gone, or is another disk"])
        #expect(try drift { $0.unplug("b.img") }.contains("b.img is gone, or is another disk"))
        let divided = try drift { $0.survey.storage.disks[1].table?.partitions[1].size -= 1 << 20 }
        #expect(divided == ["b.img has another partition table"])
    }

    @Test func `is other boot code, and another filesystem on a partition`() throws {
        #expect(try drift { $0.eraseBootCode(of: 1) } == ["b.img has other boot code"])
        let formatted = try drift { try $0.change("b.img#1") { $0.signature?.type = "ext4" } }
        #expect(formatted == ["b.img#1 holds something else"])
    }

    @Test func `is one more event of an array, unless it runs`() throws {
        func writeTo(_ mirror: inout Mirror) {
            for index in mirror.survey.storage.arrays[0].members.indices {
                mirror.survey.storage.arrays[0].members[index].superblock.events += 1
            }
        }
        #expect(try drift(writeTo) == ["the members of /dev/md0 or their event counts are others"])
        var then = try Mirror()
        then.survey.storage.arrays[0].node = "/dev/md0"
        var now = then
        writeTo(&now)
        #expect(drift(then, now) == [])
    }

    @Test func `is a volume group of another seqno, and a copy that is not current any more`() throws {
        let seqno = try Mirror().survey.storage.groups[0].seqno
        #expect(
            try drift { $0.survey.storage.groups[0].seqno += 1 } == [
                "the volume group rhel was changed: seqno \(seqno), now \(seqno + 1)"
            ])
        #expect(
            try drift { try $0.change("lv:rhel/root") { $0.copies[1].currency = .stale } } == [
                "/dev/rhel/root has other copies, or others of them are current"
            ])
    }

    @Test func `is a file that the plan was made from, or goes by`() throws {
        #expect(
            try drift { $0.rewriteFstab(Mirror.bootUUID, Mirror.gone) }.contains("/etc/fstab was changed"))
        #expect(
            try drift { $0.rewriteMdadmConf(Mirror.arrayUUID, "0") } == ["/etc/mdadm/mdadm.conf was changed"])
        #expect(
            try drift { $0.installation.kernels.append("6.1.0-51-cloud-amd64") } == [
                "the kernels in /lib/modules are others"
            ])
        #expect(try drift { $0.image.size += 1 } == ["/dev/md0 has other initramfs images"])
        #expect(
            try drift { $0.config?.entries.removeLast() } == ["/dev/md0 has other files of GRUB"])
        #expect(
            try drift { $0.installation.machineID = "0" } == ["the system on /dev/rhel/root is another one"])
    }

    @Test func `is what is to be added to a mirror being another disk`() throws {
        var then = try Mirror()
        then.plugIn("c.img", partitions: [1 << 30, 2 << 30])
        var now = then
        now.survey.storage.disks[2].table?.partitions[0].size += 1
        #expect(drift(then, now, confirmed: "c.img#1") == ["c.img has another partition table"])
        #expect(drift(then, now) == [])
    }
}
