import Surveying

/// shim, by the names that packages give it, and what each starts beside itself.
///
/// `shimx64.efi` is what Microsoft signed; up to RHEL 7.3 and on SUSE it is `shim.efi`. `shimx64-redhat.efi` beside it
/// bears the vendor's own signature alone, which a firmware does not know.
enum Shim {
    private static let names = ["shimx64.efi", "shim.efi", "shimaa64.efi", "shimia32.efi"]

    /// The one in a directory that a boot option is to name.
    static func of(_ vendor: ESP.Vendor) -> ESP.Loader? {
        names.lazy.compactMap { name in
            vendor.loaders.first { LoaderChain.name(of: $0.path) == name }
        }.first
    }

    /// On the fallback path anything may lie: it is shim where the same file has that name elsewhere, or where what
    /// only shim starts lies beside it.
    static func isShim(_ loader: ESP.Loader, on esp: ESP) -> Bool {
        guard LoaderChain.name(of: loader.path).hasPrefix("boot") else {
            return LoaderChain.name(of: loader.path).hasPrefix("shim")
        }
        return original(of: loader, on: esp) != nil || beside(loader, next(of: loader, on: esp), esp) != nil
            || hasFallbackProgram(loader, on: esp)
    }

    /// What it starts, the name that it was built with first (DEFAULT_LOADER in shim's Makefile): `grub.efi` up to
    /// shim 0.9, which SUSE kept and RHEL 7 did not.
    static func next(of shim: ESP.Loader, on esp: ESP) -> [String] {
        let grub = "grub\(architecture(of: shim.path)).efi"
        let name = LoaderChain.name(of: original(of: shim, on: esp)?.path ?? shim.path)
        return name == "shim.efi" ? ["grub.efi", grub] : [grub, "grub.efi"]
    }

    /// From the fallback path shim starts this first, where it is there: it makes a boot option of what each
    /// directory's BOOT….CSV names. Up to shim 0.9 it is `fallback.efi`.
    static func hasFallbackProgram(_ shim: ESP.Loader, on esp: ESP) -> Bool {
        LoaderChain.name(of: LoaderChain.directory(of: shim.path)) == "boot"
            && beside(shim, ["fb\(architecture(of: shim.path)).efi", "fallback.efi"], esp) != nil
    }

    /// The first of `names` in the same directory.
    static func beside(_ loader: ESP.Loader, _ names: [String], _ esp: ESP) -> ESP.Loader? {
        names.lazy.compactMap { esp.loader("\(LoaderChain.directory(of: loader.path))/\($0)") }.first
    }

    private static func original(of loader: ESP.Loader, on esp: ESP) -> ESP.Loader? {
        guard let checksum = loader.checksum else { return nil }
        return esp.vendors.compactMap(of).first { $0.checksum == checksum }
    }

    // "x64" of shimx64.efi, shimx64-redhat.efi and BOOTX64.EFI; shim.efi is for a PC.
    private static func architecture(of path: String) -> String {
        let name = LoaderChain.name(of: path).prefix { $0 != "." && $0 != "-" }
        let word =
            ["shim", "boot"].first(where: name.hasPrefix).map { String(name.dropFirst($0.count)) } ?? ""
        return word.isEmpty ? "x64" : word
    }
}
