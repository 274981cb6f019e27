/// The files that tell which program made an image.
struct GeneratorSigns {
    private var dracut = false
    private var dracutVersion: String?
    private var initramfsTools = false
    private var mkinitcpio = false
    private var booster = false

    mutating func see(_ directory: String, _ name: String) {
        switch (directory, name) {
        case ("usr/lib/dracut", _):
            dracut = true
            if name.hasPrefix("dracut-") { dracutVersion = String(name.dropFirst("dracut-".count)) }
        case ("conf", "arch.conf"), ("conf", "initramfs.conf"), ("scripts", "functions"):
            initramfsTools = true
        case ("", "init_functions"), ("", "buildconfig"): mkinitcpio = true
        case ("etc", "booster.init.yaml"): booster = true
        default: break
        }
    }

    var generator: InitramfsFacts.Generator {
        if dracut { return .dracut(version: dracutVersion) }
        if initramfsTools { return .initramfsTools }
        if mkinitcpio { return .mkinitcpio }
        return booster ? .booster : .unknown
    }
}
