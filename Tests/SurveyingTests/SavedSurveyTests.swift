import FoundationEssentials
import Storage
import Testing

@testable import Surveying

@Suite struct `a saved survey` {
    let survey = Survey(
        medium: Medium(kernel: "6.1", firmware: .uefi, hasMD: true, hasDeviceMapper: false, tools: ["lvm"]),
        storage: StorageMap(disks: [Disk(id: VolumeID("/dev/sda"), size: 1 << 30, sectorSize: 512)]),
        otherHalves: [OtherHalf(volume: VolumeID("md:0"), disks: [VolumeID("/dev/sda")])])

    @Test func `is read as it was written`() throws {
        #expect(try JSONDecoder().decode(Survey.self, from: JSONEncoder().encode(survey)) == survey)
    }

    @Test func `from before halves were told apart is read without them`() throws {
        let text = String(decoding: try JSONEncoder().encode(survey), as: UTF8.self)
        let key = try #require(text.firstRange(of: "\"otherHalves\""))
        let old = text.replacingCharacters(of: key, with: "\"unheardOf\"")
        #expect(try JSONDecoder().decode(Survey.self, from: Data(old.utf8)).otherHalves.isEmpty)
    }
}

extension String {
    fileprivate func replacingCharacters(of range: Range<Index>, with other: String) -> String {
        String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
