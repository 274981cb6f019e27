import Bytes

/// A boot option of a UEFI firmware: the variable `Boot####`, an `EFI_LOAD_OPTION` (UEFI 2.10, 3.1.3).
package struct BootOption: Codable, Sendable, Hashable {
    /// The four hexadecimal digits of its name.
    package var number: UInt16
    /// The firmware tries it where `BootOrder` names it.
    package var isActive: Bool
    /// What the firmware's menu calls it: "debian".
    package var title: String
    /// The partition that it starts from; nil where it names none, as for a network card or a whole disk.
    package var partition: Partition?
    /// The loader, from the top of the partition, as the firmware writes it: `\EFI\debian\shimx64.efi`.
    package var file: String?

    /// The hard drive node of a device path (UEFI 2.10, 10.3.5.1).
    package struct Partition: Codable, Sendable, Hashable {
        package var number: UInt32
        /// GPT's unique partition GUID as libblkid writes it, `PARTUUID`; of an MBR its disk signature, a dash and the
        /// number.
        package var uuid: String

        package init(number: UInt32, uuid: String) {
            self.number = number
            self.uuid = uuid
        }
    }

    package init(
        number: UInt16, isActive: Bool = true, title: String, partition: Partition? = nil, file: String? = nil
    ) {
        self.number = number
        self.isActive = isActive
        self.title = title
        self.partition = partition
        self.file = file
    }

    // LOAD_OPTION_ACTIVE, and the numbers of the nodes that matter.
    private static let active: UInt32 = 1
    private static let media: UInt8 = 4
    private static let hardDrive: UInt8 = 1
    private static let filePath: UInt8 = 4
    private static let end: UInt8 = 0x7f
    private static let mostNodes = 64

    /// Nil where the bytes are no load option. `value` is the variable without the four bytes of attributes that
    /// efivarfs puts before it.
    package init?(number: UInt16, parsing value: [UInt8]) {
        guard let attributes: UInt32 = value.little(at: 0), let length: UInt16 = value.little(at: 4),
            let title = value.utf16ToNUL(at: 6), let path = value.span(at: title.end, count: Int(length))
        else { return nil }
        self.init(number: number, isActive: attributes & Self.active != 0, title: title.text)
        read(Array(path))
    }

    // Nodes: type, subtype, and the length of the whole node. What follows the first end is another way to the same.
    private mutating func read(_ path: [UInt8]) {
        var place = 0
        for _ in 0..<Self.mostNodes {
            guard let type: UInt8 = path.little(at: place), let subtype: UInt8 = path.little(at: place + 1),
                let length: UInt16 = path.little(at: place + 2), length >= 4, type != Self.end,
                let node = path.span(at: place, count: Int(length)).map(Array.init)
            else { return }
            switch (type, subtype) {
            case (Self.media, Self.hardDrive): partition = Partition(parsing: node)
            case (Self.media, Self.filePath): file = (file ?? "") + (node.utf16ToNUL(at: 4)?.text ?? "")
            default: break
            }
            place += Int(length)
        }
    }

    /// `Boot0003`: the name of the variable.
    package var name: String { Self.name(of: number) }

    package static func name(of number: UInt16) -> String { "Boot" + digits(of: number) }

    /// The path of the loader as a filesystem has it: `EFI/debian/shimx64.efi`.
    package var loader: String? {
        file.map { $0.split(separator: "\\").joined(separator: "/") }
    }

    /// The directory that the loader lies in, in small letters: `debian`.
    package var directory: String? {
        loader?.lowercased().split(separator: "/").dropLast().last.map(String.init)
    }

    /// `0003`: what efibootmgr calls it.
    package static func digits(of number: UInt16) -> String {
        let text = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - text.count) + text
    }
}

extension BootOption.Partition {
    // Number, first block, blocks, signature, format of the table, kind of the signature: 1 an MBR's, 2 a GUID.
    fileprivate init?(parsing node: [UInt8]) {
        guard let number: UInt32 = node.little(at: 4), let signature = node.span(at: 24, count: 16),
            let kind: UInt8 = node.little(at: 41)
        else { return nil }
        switch kind {
        case 1:
            guard let disk: UInt32 = node.little(at: 24) else { return nil }
            let (digits, last) = (String(disk, radix: 16), String(number, radix: 16))
            self.init(
                number: number,
                uuid: String(repeating: "0", count: 8 - digits.count) + digits + "-"
                    + String(repeating: "0", count: max(0, 2 - last.count)) + last)
        case 2:
            // Its first three fields are little-endian (UEFI 2.10, appendix A).
            let bytes = Array(signature)
            let order = [3, 2, 1, 0, 5, 4, 7, 6] + Array(8..<16)
            guard let uuid = order.map({ bytes[$0] }).dashedUUID else { return nil }
            self.init(number: number, uuid: uuid)
        default: return nil
        }
    }
}

extension [UInt8] {
    /// Little-endian UTF-16 from `start` to its NUL, and where what follows begins; nil without a NUL.
    fileprivate func utf16ToNUL(at start: Int) -> (text: String, end: Int)? {
        var units: [UInt16] = []
        var place = start
        while let unit: UInt16 = little(at: place) {
            place += 2
            if unit == 0 { return (String(decoding: units, as: UTF16.self), place) }
            units.append(unit)
        }
        return nil
    }
}
