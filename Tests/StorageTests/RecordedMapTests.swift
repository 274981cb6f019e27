import FoundationEssentials
import TestFiles
import Testing

@testable import Storage

/// A map lives in a recorded survey: it must come back as it went.
struct RecordedMapTests {
    @Test(arguments: [
        ["lab-a", "lab-b"], ["a-alone", "b-alone"], ["a-reduced", "b"], ["a-cut", "b", "c", "e"],
    ])
    func `a map that was saved and read back is the same map`(names: [String]) throws {
        let disks = try names.map { try RecordedDisk($0) }
        let map = try StorageReader.read(paths: disks.map(\.path))
        let text = try JSONEncoder().encode(map)
        let back = try JSONDecoder().decode(StorageMap.self, from: text)
        let isSame = back == map
        #expect(isSame)
        let isSameAlone = back.without(disks[0].id) == map.without(disks[0].id)
        #expect(isSameAlone)
    }

    @Test func `the largest numbers survive`() throws {
        let copy = Copy(pieces: [Piece(disk: "a", offset: .max, length: .max)])
        let text = try JSONEncoder().encode(copy)
        #expect(try JSONDecoder().decode(Copy.self, from: text) == copy)
    }
}
