import Report
import Storage
import Surveying
import Testing

@testable import Diagnosing

/// Recorded from one machine of the lab: both disks, and each by itself.
@Suite struct UnpluggedTests {
    @Test(arguments: [("b.img", "a.json"), ("a.img", "b.json")])
    func `the survey of two disks less one is the survey of the other alone`(gone: String, left: String)
        throws
    {
        let both = try Mirror.recorded("both.json")
        let thought = both.without(VolumeID(gone))
        let read = try Mirror.recorded(left)
        #expect(thought.storage == read.storage)
        #expect(thought.diskBoots == read.diskBoots)
        #expect(thought.bootDirectories == read.bootDirectories)
        #expect(thought.installations == read.installations)
        #expect(thought.rejected == read.rejected)
        // A survey that differs would be printed in full.
        let isSame = thought == read
        #expect(isSame)
    }

    @Test func `what the kernel calls a disk is said of the disk that is called so then`() throws {
        var mirror = try Mirror()
        mirror.survey = try mirror.survey.onDisks(["a.img": "/dev/sda", "b.img": "/dev/sdb"])
        mirror.rewriteFstab("UUID=" + Mirror.bootUUID, "/dev/sda1")
        let found = mirror.diagnosis.findings.filter { $0.step == .fstab }
        #expect(found.map(\.id) == ["fstab.member"])
        #expect(mirror.bootsAlone == [.no, .no])
    }

    @Test func `what is said of a disk alone is what is found when it is alone`() throws {
        let both = try Mirror.recorded("both.json")
        let said = Diagnosis.of(both, try #require(both.installations.first)).disks
        for (disk, file) in zip(said, ["a.json", "b.json"]) {
            let alone = try Mirror.recorded(file)
            let found = Diagnosis.of(alone, try #require(alone.installations.first))
            #expect((disk.bootsAlone == .no) == (found.verdict == .broken))
            #expect(found.findings.first { $0.severity == .blocker }?.step == disk.breaksAt)
        }
    }
}

extension Survey {
    /// As a running system records it: disks and partitions by the names of its kernel.
    fileprivate func onDisks(_ names: [String: String]) throws -> Survey {
        var text = String(decoding: try Document.bytes(of: self, called: "a survey"), as: UTF8.self)
        for (image, disk) in names {
            text = text.replacing("\(image)#", with: disk).replacing(image, with: disk)
        }
        return try Document.value(Survey.self, from: Array(text.utf8), called: "a survey")
    }
}
