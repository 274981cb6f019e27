import Machine
import Testing

@testable import Storage

@Suite struct `A LUKS2 header` {
    private func header(_ metadata: String, version: UInt8 = 2, size: UInt64 = 16384) -> [UInt8] {
        var bytes = Array("LUKS".utf8) + [0xba, 0xbe, 0, version]
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }
        bytes += [UInt8](repeating: 0, count: 4096 - bytes.count) + Array(metadata.utf8)
        return bytes + [UInt8](repeating: 0, count: max(0, 16384 - bytes.count))
    }

    private func judge(_ bytes: [UInt8]) throws -> Bool {
        try LUKSRequirements.isBeingReencrypted(MemorySource(bytes))
    }

    @Test func `says that a reencryption is not at its end`() throws {
        let metadata = #"{"config":{"requirements":{"mandatory":["online-reencrypt-v2"]}}}"#
        #expect(try judge(header(metadata)))
        #expect(try !judge(header(#"{"config":{"keyslots_size":"1"}}"#)))
        #expect(try !judge(header(metadata, version: 1)))
    }

    @Test func `of any size is read no further than such a header may be`() throws {
        #expect(try !judge(header("", size: .max)))
        #expect(try !judge(header("", size: 0)))
        #expect(try !judge(Array("LUKS".utf8)))
        #expect(try !judge([]))
    }
}
