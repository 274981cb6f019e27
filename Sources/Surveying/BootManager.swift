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

    private static let largest = 64 << 10
    private static let most = 512

    /// Nil where the system that `root` is the tree of shows no variables of its firmware.
    package static func read(_ root: RootDirectory) -> BootManager? {
        guard let order = value("BootOrder", root) else { return nil }
        let names = ((try? root.list(EFIVariables.directory)) ?? nil) ?? []
        let numbers = names.compactMap(EFIVariables.bootOption).sorted().prefix(most)
        return BootManager(
            order: words(order), next: value("BootNext", root).flatMap { words($0).first },
            options: numbers.compactMap { number in
                value(BootOption.name(of: number), root).flatMap { BootOption(number: number, parsing: $0) }
            }, isSecure: value("SecureBoot", root)?.first.map { $0 == 1 })
    }

    // The attributes come first, four bytes.
    private static func value(_ name: String, _ root: RootDirectory) -> [UInt8]? {
        let bytes = try? root.read(EFIVariables.path(of: name), limit: largest)
        return bytes.flatMap { $0.count > 4 ? Array($0.dropFirst(4)) : nil }
    }

    private static func words(_ bytes: [UInt8]) -> [UInt16] {
        stride(from: 0, to: bytes.count - 1, by: 2).compactMap { bytes.little(at: $0) }
    }
}
