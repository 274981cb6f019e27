import Bytes

/// depmod's binary index, a radix tree (kmod: libkmod/libkmod-index.c): modules.dep.bin where the text is left out.
struct KmodIndex {
    private(set) var keys: [String] = []
    private(set) var values: [[UInt8]] = []

    private static var magic: UInt32 { 0xb007_f457 }
    private static var hasPrefix: UInt32 { 0x8000_0000 }
    private static var hasValues: UInt32 { 0x4000_0000 }
    private static var hasChildren: UInt32 { 0x2000_0000 }
    private static var offsetMask: UInt32 { 0x0fff_ffff }
    // A tree of all of a kernel's aliases has some 50,000 nodes; a file whose nodes point in circles has no end.
    private static var mostNodes: Int { 1 << 18 }
    private static var longestKey: Int { 1024 }
    /// Of keys and values, and of the keys of nodes not yet come to.
    private static var mostBytes: Int { 16 << 20 }

    /// Nil where the bytes are no index of version 2, or their tree is none.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.big(UInt32.self, at: 0) == Self.magic, bytes.big(UInt16.self, at: 4) == 2 else {
            return nil
        }
        guard let root = bytes.big(UInt32.self, at: 8) else { return nil }
        var pending: [(node: UInt32, key: [UInt8])] = [(root, [])]
        var nodes = 0
        var size = 0
        while let (node, above) = pending.popLast() {
            guard node & Self.offsetMask != 0 else { continue }
            nodes += 1
            var at = Int(node & Self.offsetMask)
            var key = above
            if node & Self.hasPrefix != 0 {
                guard let prefix = Self.string(bytes, at: at) else { return nil }
                key += prefix
                at += prefix.count + 1
            }
            guard nodes <= Self.mostNodes, key.count <= Self.longestKey else { return nil }
            if node & Self.hasChildren != 0 {
                guard let first = bytes.big(UInt8.self, at: at), let last = bytes.big(UInt8.self, at: at + 1),
                    first <= last
                else { return nil }
                at += 2
                for letter in first...last {
                    guard let child = bytes.big(UInt32.self, at: at) else { return nil }
                    if child & Self.offsetMask != 0 {
                        pending.append((child, key + [letter]))
                        size += Self.cost(key)
                    }
                    at += 4
                }
                guard size <= Self.mostBytes else { return nil }
            }
            if node & Self.hasValues != 0 {
                guard let count = bytes.big(UInt32.self, at: at) else { return nil }
                at += 4
                keys.append(String(decoding: key, as: UTF8.self))
                size += Self.cost(key)
                for _ in 0..<count {
                    // Four bytes of priority, then the value.
                    guard let value = Self.string(bytes, at: at + 4) else { return nil }
                    values.append(Array(value))
                    at += 4 + value.count + 1
                    size += Self.cost(value)
                    guard size <= Self.mostBytes else { return nil }
                }
            }
        }
    }

    // What an array takes beside its bytes counts too: empty values in a circle would have no end.
    private static func cost(_ bytes: some Collection<UInt8>) -> Int { 32 + bytes.count }

    private static func string(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Slice<
        UnsafeRawBufferPointer
    >? {
        guard offset >= 0, offset < bytes.count else { return nil }
        let rest = bytes[offset...]
        guard let end = rest.firstIndex(of: 0) else { return nil }
        return rest[..<end]
    }
}
