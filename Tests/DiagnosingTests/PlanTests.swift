import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct PlanTests {
    /// The machine on which every step was skipped.
    private func allFive() throws -> Mirror {
        var mirror = try Mirror()
        mirror.rewriteMdadmConf(Mirror.arrayUUID, "0badc0de:0badc0de:0badc0de:0badc0de")
        mirror.rewriteFstab(Mirror.bootUUID, Mirror.gone)
        mirror.image.facts?.programs.remove("lvm")
        mirror.config?.entries[0].kernel?.value = "/vmlinuz-5.10.0-1-amd64"
        mirror.eraseBootCode(of: 0)
        return mirror
    }

    @Test func `the steps are redone in the order in which they depend on one another, one image once`()
        throws
    {
        let plan = try allFive().plan()
        #expect(
            plan.remedies.map(\.step) == [nil, .mdadmConf, .fstab, .initramfs, .grubConfig, .grubInstall])
        let built = plan.remedies.flatMap(\.changes).filter { $0.kind == "build" }.compactMap(\.path)
        #expect(built == ["/boot/initrd.img-" + Mirror.kernel, "/boot/grub/grub.cfg"])
        #expect(plan.refusals.isEmpty)
    }

    @Test func `a machine with nothing skipped has an empty plan, and its improvement is asked for`() throws {
        let mirror = try Mirror()
        #expect(mirror.plan().isEmpty)
        #expect(mirror.plan().notDone.map(\.purpose) == [.improvement])
        let plan = mirror.plan(PlanOptions(improve: true))
        #expect(plan.remedies.flatMap(\.changes).map(\.kind) == ["open", "write-file", "build"])
    }

    @Test func `only keeps what it names, and again redoes what is done`() throws {
        #expect(try allFive().plan(PlanOptions(only: [.fstab])).remedies.map(\.step) == [nil, .fstab])
        let again = try Mirror().plan(PlanOptions(again: [.grubInstall]))
        #expect(again.remedies.flatMap(\.changes).compactMap(\.device) == ["a.img", "b.img"])
    }

    @Test func `only what some remedy wants confirmed can be confirmed`() throws {
        var plan = try Mirror().plan(PlanOptions(improve: true))
        #expect(plan.confirmable == [])
        let remedy = Remedy(
            step: .mdArray, needs: .confirm, confirmDevice: "/dev/sdb1", title: "Add it again", changes: [])
        plan.remedies.append(remedy)
        plan.notDone.append(remedy)
        #expect(plan.confirmable == ["/dev/sdb1"])
    }

    @Test func `kernel versions are compared by their numbers`() {
        let versions = ["6.1.0-9-amd64", "6.1.0-28-amd64", "5.10.0-100-amd64"]
        #expect(
            versions.sorted { KernelVersion($0) < KernelVersion($1) } == [
                versions[2], versions[0], versions[1],
            ])
    }
}
