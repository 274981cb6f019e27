/// The kernel's files of a UEFI firmware's variables: efivarfs, NAME-GUID (Documentation/filesystems/efivarfs.rst).
package enum EFIVariables {
    package static let directory = "/sys/firmware/efi/efivars"
    // EFI_GLOBAL_VARIABLE (UEFI 2.10, 3.3).
    private static let vendor = "8be4df61-93ca-11d2-aa0d-00e098032b8c"

    /// The file of a variable of the firmware's own: `BootOrder`, `Boot0001`.
    package static func path(of variable: String) -> String { "\(directory)/\(variable)-\(vendor)" }

    /// The number of the boot option that a file of that directory is: `Boot`, and four digits with capital letters.
    package static func bootOption(_ file: String) -> UInt16? {
        guard file.hasPrefix("Boot"), file.hasSuffix("-" + vendor) else { return nil }
        let digits = file.dropFirst(4).dropLast(vendor.count + 1)
        guard digits.count == 4, digits.allSatisfy({ $0.isNumber || ("A"..."F").contains($0) }) else {
            return nil
        }
        return UInt16(digits, radix: 16)
    }
}
