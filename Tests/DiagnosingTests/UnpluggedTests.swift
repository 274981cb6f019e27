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
