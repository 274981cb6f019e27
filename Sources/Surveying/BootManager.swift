import BootFiles
import Bytes
import Machine

/// What the firmware of this machine starts: its boot options and the order in which it tries them (UEFI 2.10, 3.3).
///
/// They lie in the firmware's own memory, not on a disk: only a system that the firmware itself has started sees them.
package struct BootManager: Codable, Sendable, Hashable {
    /// `BootOrder`: numbers of options, some of which may be gone.
    package var order: [UInt16]
    /// `BootNext`: tried once, before the order.
    package var next: UInt16?
    /// Every `Boot####`, by number.
    package var options: [BootOption]
    /// `SecureBoot`: nothing unsigned is started; nil where the firmware does not say.
    package var isSecure: Bool?

    package init(
        order: [UInt16], next: UInt16? = nil, options: [BootOption] = [], isSecure: Bool? = nil
    ) {
        self.order = order
        self.next = next
        self.options = options
        self.isSecure = isSecure
    }

    /// The options that the firmware tries, first one first.
    package var tried: [BootOption] {
        ((next.map { [$0] } ?? []) + order).compactMap { number in
            options.first { $0.number == number && $0.isActive }
        }
    }

    // The kernel's files of the firmware's variables: efivarfs, NAME-GUID (Documentation/filesystems/efivarfs.rst).
    private static let directory = "/sys/firmware/efi/efivars"
    private static let vendor = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
    private static let largest = 64 << 10
    private static let most = 512

    /// The file of a variable of this kind: `BootOrder`, `Boot0001`.
    package static func path(of variable: String) -> String { "\(directory)/\(variable)-\(vendor)" }

    /// Nil where the system that `root` is the tree of shows no variables of its firmware.
    package static func read(_ root: RootDirectory) -> BootManager? {
        guard let order = value("BootOrder", root) else { return nil }
        let names = ((try? root.list(directory)) ?? nil) ?? []
        let numbers = names.compactMap(number(of:)).sorted().prefix(most)
        return BootManager(
            order: words(order), next: value("BootNext", root).flatMap { words($0).first },
            options: numbers.compactMap { number in
                let name = BootOption(number: number, title: "").name
                return value(name, root).flatMap { BootOption(number: number, parsing: $0) }
            }, isSecure: value("SecureBoot", root)?.first.map { $0 == 1 })
    }

    // `Boot` and four digits, in capitals.
    private static func number(of file: String) -> UInt16? {
        guard file.hasPrefix("Boot"), file.hasSuffix("-" + vendor) else { return nil }
        let digits = file.dropFirst(4).dropLast(vendor.count + 1)
        guard digits.count == 4, digits.allSatisfy({ $0.isNumber || ("A"..."F").contains($0) }) else {
            return nil
        }
        return UInt16(digits, radix: 16)
    }

    // The attributes come first, four bytes.
    private static func value(_ name: String, _ root: RootDirectory) -> [UInt8]? {
        let bytes = try? root.read(path(of: name), limit: largest)
        return bytes.flatMap { $0.count > 4 ? Array($0.dropFirst(4)) : nil }
    }

    private static func words(_ bytes: [UInt8]) -> [UInt16] {
        stride(from: 0, to: bytes.count - 1, by: 2).compactMap { bytes.little(at: $0) }
    }
}
