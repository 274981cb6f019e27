import BootFiles
import Storage
import Surveying

/// What a loader on an ESP goes on with: shim with GRUB, GRUB with the configuration on the ESP, that with /boot.
struct LoaderChain {
    enum End {
        case leads
        case unsure(String)
        case stops(CoreAim.Miss)
    }

    let esp: ESP
    let boot: BootDirectory
    let volume: Volume
    let scene: Scene

    /// Follows the loader at `path`, from the top of the ESP.
    func follow(_ path: String) -> End {
        guard let loader = esp.loader(path) else {
            return .stops(
                miss(
                    "no-loader", "the ESP has no loader \(path)",
                    "the firmware's set-up, or its next boot option",
                    seen: "no \(path)"))
        }
        if loader.core != nil { return followGrub(loader) }
        if loader.unified != nil {
            return .unsure("\(loader.path) is a unified kernel image, and those are not followed")
        }
        guard Shim.isShim(loader, on: esp) else {
            return .unsure("\(loader.path) is neither shim nor GRUB, and what it starts is not known")
        }
        return followShim(loader)
    }

    private func followShim(_ shim: ESP.Loader) -> End {
        if Shim.hasFallbackProgram(shim, on: esp) {
            let named = esp.vendors.filter { Self.name(of: $0.name) != "boot" }.compactMap(Shim.of)
            if named.count == 1 { return followShim(named[0]) }
            if named.count > 1 {
                return .unsure("the fallback program of \(shim.path) has several to choose from")
            }
        }
        let names = Shim.next(of: shim, on: esp)
        guard let next = Shim.beside(shim, names, esp) else {
            let grub = "\(Self.directory(of: shim.path))/\(names[0])"
            return .stops(
                miss(
                    "no-loader", "shim is there, and \(grub), which it starts, is not",
                    "Failed to open \\\(grub.split(separator: "/").joined(separator: "\\")) - Not Found",
                    seen: "no \(grub)"))
        }
        if isRefused(next) { return .stops(notSigned(next)) }
        if shim.isSigned == true, next.isSigned == false, scene.survey.bootManager?.isSecure == nil {
            return .unsure(
                "\(next.path) is not signed, and whether Secure Boot is on is seen only by a system that UEFI started"
            )
        }
        guard next.core != nil else {
            return .unsure("\(next.path) is not a GRUB that bootmend knows, and what it starts is not known")
        }
        return followGrub(next)
    }

    /// Secure Boot is on, and the loader has no certificate at all.
    func isRefused(_ loader: ESP.Loader) -> Bool {
        scene.survey.bootManager?.isSecure == true && loader.isSigned == false
    }

    func notSigned(_ loader: ESP.Loader) -> CoreAim.Miss {
        miss(
            "not-signed", "Secure Boot is on, and \(loader.path) is not signed",
            "Verification failed: (0x1A) Security Violation", seen: "no certificate table",
            expected: "a signed loader, as packages bring it")
    }

    private func followGrub(_ loader: ESP.Loader) -> End {
        guard let core = loader.core else { return .unsure("\(loader.path) is not GRUB") }
        guard let prefix = core.prefix, core.readsBesideItself else {
            return aim(core, at: loader.path)
        }
        // Without one its own directory is it (grub_set_prefix_and_root in kern/main.c): SUSE's signed GRUB has none.
        let directory =
            prefix.isEmpty
            ? Self.directory(of: loader.path) : prefix.split(separator: "/").joined(separator: "/")
        let path = directory + "/grub.cfg"
        let vendor = esp.vendors.first { $0.config?.path.lowercased() == path.lowercased() }
        guard let stub = vendor?.config, let config = vendor?.grubConfig else {
            // That its own menu is not there is grub-config's finding.
            if let menu = scene.menuOnESP, menu.config == nil, menu.isRead(at: path, from: esp.volume) {
                return .leads
            }
            return .stops(
                miss(
                    "no-stub", "GRUB on the ESP looks for \(path), which is not there", "the prompt 'grub>'",
                    seen: "no \(path)"))
        }
        if config.isMenu {
            return scene.menuOnESP?.path == path.lowercased()
                ? .leads : .unsure("\(stub.path) is a menu, and not this system's by its name")
        }
        guard config.configfile != nil else {
            return .unsure("\(stub.path) does not say which configuration GRUB goes on with")
        }
        var aimed = core
        aimed.prefix = nil
        aimed.configuration = stub.text
        return aim(aimed, at: stub.path)
    }

    private func aim(_ core: CoreImage, at path: String) -> End {
        let disk = scene.storage.disks(under: esp.volume).first ?? esp.volume
        guard let miss = CoreAim.aim(core, disk, boot, volume, scene) else {
            let expected = CoreAim.prefixPath(core, boot, scene)
            guard let directory = core.directory, directory != expected else { return .leads }
            return .stops(
                self.miss(
                    "stale-prefix", "\(path) looks for GRUB's files in another directory",
                    "the prompt 'grub>'",
                    seen: directory, expected: expected))
        }
        guard miss.isCertain else { return .unsure(miss.summary) }
        var told = miss
        told.summary = told.summary.replacing("the core image", with: path)
        return .stops(told)
    }

    private func miss(
        _ word: String, _ summary: String, _ symptom: String, seen: String, expected: String? = nil
    ) -> CoreAim.Miss {
        CoreAim.Miss(word: word, summary: summary, symptom: symptom, seen: seen, expected: expected)
    }

    static func directory(of path: String) -> String {
        path.split(separator: "/").dropLast().joined(separator: "/")
    }

    static func name(of path: String) -> String {
        (path.split(separator: "/").last.map(String.init) ?? path).lowercased()
    }
}
