import Changes
import Distributions
import Storage
import Testing

@testable import Diagnosing

@Suite struct `Disks that could not be read whole` {
    /// As an image that was not copied to its end.
    private func truncated() throws -> Mirror {
        var mirror = try Mirror()
        let index = try #require(mirror.survey.storage.disks.firstIndex { $0.id.rawValue == "a.img" })
        mirror.survey.storage.disks[index].size = 1000 << 20
        try mirror.change("a.img#2") { $0.failure = "it ends behind the end of the disk" }
        return mirror
    }

    private func reason(_ step: StepID, _ diagnosis: Diagnosis) -> String? {
        diagnosis.steps.first { $0.id == step && $0.state == .unknown }?.reason
    }

    @Test func `a partition that ends behind its disk leaves open whether the machine boots`() throws {
        let diagnosis = try truncated().diagnosis
        #expect(diagnosis.verdict == .unknown)
        for step in [StepID.partitionTable, .lvmMirror, .sync] {
            #expect(reason(step, diagnosis) == "a.img#2: it ends behind the end of the disk")
        }
        // The array lies on the other partition, whole.
        #expect(reason(.mdArray, diagnosis) == nil)
        #expect(diagnosis.disks.map(\.device) == ["a.img", "b.img"])
        #expect(diagnosis.disks[0].bootsAlone == .unknown)
        #expect(diagnosis.disks[1] == (try Mirror().diagnosis.disks[1]))
    }

    @Test func `what is broken stays broken beside a disk that could not be read`() throws {
        var mirror = try truncated()
        mirror.rewriteFstab(Mirror.bootUUID, Mirror.gone)
        #expect(mirror.diagnosis.verdict == .broken)
        #expect(mirror.state(of: .fstab) == .stale)
    }

    private func addDead(to mirror: inout Mirror) {
        let disk = VolumeID("dead.img")
        mirror.survey.storage.disks.append(
            Disk(id: disk, size: 0, sectorSize: 512, failure: "Input/output error"))
        mirror.survey.storage.volumes.append(
            Volume(id: disk, kind: .disk, name: "dead.img", size: 0, failure: "Input/output error"))
    }

    @Test func `a dead disk may be the half that is missing`() throws {
        var mirror = try Mirror()
        mirror.image.facts?.scripts.insert("/scripts/local-block/" + DegradedBootScript.name)
        mirror.unplug("a.img")
        addDead(to: &mirror)
        let diagnosis = mirror.diagnosis
        #expect(diagnosis.verdict == .unknown)
        #expect(reason(.grubInstall, diagnosis) == "dead.img: Input/output error")
        #expect(diagnosis.disks.map(\.device) == ["b.img", "dead.img"])
        #expect(diagnosis.disks[1].bootsAlone == .unknown)
    }

    @Test func `a dead disk beside a whole mirror says nothing about it`() throws {
        var mirror = try Mirror()
        addDead(to: &mirror)
        #expect(mirror.diagnosis == (try Mirror().diagnosis))
    }
}
