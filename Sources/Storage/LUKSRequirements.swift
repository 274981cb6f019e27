import Bytes
import Machine

/// What a LUKS2 header asks of whoever opens it (LUKS2 on-disk format specification, 2.1 and 3.5).
enum LUKSRequirements {
    // Both copies of header and metadata together are at most 8 MiB.
    private static let largest = 4 << 20

    /// Whether a reencryption was begun and is not at its end.
    static func isBeingReencrypted(_ source: some ByteSource) throws(SystemError) -> Bool {
        let head = try source.read(at: 0, count: 4096)
        guard head.starts(with: Array("LUKS".utf8) + [0xba, 0xbe]), head.big(UInt16.self, at: 6) == 2,
            let size = head.big(UInt64.self, at: 8), size > 4096, size <= largest
        else { return false }
        let metadata = try source.read(at: 4096, count: Int(size) - 4096)
        // "config":{…,"requirements":{"mandatory":["online-reencrypt-v2"]}}: nothing else has a word like that.
        return metadata.offset(of: Array("\"online-reencrypt".utf8)) != nil
    }
}
