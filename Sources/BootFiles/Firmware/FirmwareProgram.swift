import Bytes

/// The headers of a program that a UEFI firmware starts: a PE file (UEFI 2.10, 2.1.1; Microsoft's "PE Format").
package struct FirmwareProgram {
    private let bytes: [UInt8]
    /// Where `PE\0\0` is, and behind it the COFF header of 20 bytes.
    private let header: Int
    /// Length of the optional header, which comes next.
    private let optional: Int
    private let count: Int

    private static let mostSections = 96

    /// Nil where the bytes begin no PE file.
    package init?(parsing head: [UInt8]) {
        guard head.starts(with: [0x4d, 0x5a]), let header: UInt32 = head.little(at: 0x3c),
            let signature = head.span(at: Int(header), count: 4),
            signature.elementsEqual([0x50, 0x45, 0, 0]),
            let count: UInt16 = head.little(at: Int(header) + 6),
            let optional: UInt16 = head.little(at: Int(header) + 20)
        else { return nil }
        bytes = head
        self.header = Int(header)
        self.optional = Int(optional)
        self.count = min(Int(count), Self.mostSections)
    }

    /// A certificate comes with it: where Secure Boot is on, nothing without one is started. Whose it is, and whether
    /// it holds, is not looked into.
    package var isSigned: Bool {
        // The fifth of the data directories, which are the last fields of a PE32 or PE32+ optional header.
        let start = header + 24
        guard let magic: UInt16 = bytes.little(at: start), magic == 0x10b || magic == 0x20b else {
            return false
        }
        let directories = start + (magic == 0x20b ? 112 : 96)
        guard let number: UInt32 = bytes.little(at: directories - 4), number > 4,
            let place: UInt32 = bytes.little(at: directories + 32),
            let length: UInt32 = bytes.little(at: directories + 36)
        else { return false }
        return place > 0 && length > 0
    }

    /// The names of its sections, and where in the file each one's bytes are.
    var sections: [(name: String, start: Int, length: Int)] {
        (0..<count).compactMap { index in
            let place = header + 24 + optional + index * 40
            guard let name = bytes.span(at: place, count: 8)?.textToNUL,
                let length: UInt32 = bytes.little(at: place + 8),
                let start: UInt32 = bytes.little(at: place + 20)
            else { return nil }
            return (name, Int(start), Int(length))
        }
    }
}
