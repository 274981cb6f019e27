import Testing

@testable import Diagnosing

@Suite struct `What changes have made worse` {
    private func losses(_ before: Mirror, _ after: Mirror) -> [String] {
        after.diagnosis.losses(since: before.diagnosis)
    }

    @Test func `is nothing where all is as it was, or better`() throws {
        let mirror = try Mirror()
        #expect(losses(mirror, mirror) == [])
        var broken = mirror
        for index in 0..<2 { broken.eraseBootCode(of: index) }
        #expect(losses(broken, mirror) == [])
        #expect(losses(broken, broken) == [])
    }

    @Test func `is a machine that booted`() throws {
        var after = try Mirror()
        after.image.facts?.programs.remove("lvm")
        #expect(losses(try Mirror(), after).first == "it booted, and would not any more")
    }

    @Test func `is a disk that booted alone`() throws {
        var before = try Mirror()
        before.image.facts?.programs.insert("mdadm")
        var (one, two) = (before.diagnosis, before.diagnosis)
        one.disks[1].bootsAlone = .yes
        two.disks[1].bootsAlone = .no
        #expect(two.losses(since: one) == ["it booted from b.img alone, and would not any more"])
        two.disks[1].bootsAlone = .unknown
        #expect(two.losses(since: one) == [])
    }
}
