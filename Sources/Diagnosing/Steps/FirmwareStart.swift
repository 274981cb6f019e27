import BootFiles
import Storage
import Surveying

/// What a UEFI firmware starts of this installation: its boot options in their order, then each disk's fallback path.
struct FirmwareStart {
    /// A loader that the firmware would start, if it came to it.
    struct Way {
        var esp: ESP
        var path: String
        /// The boot option that names it; nil for the fallback path, which needs none.
        var option: BootOption?
        var end: LoaderChain.End
        /// The firmware itself does not start it, and goes on to the next.
        var isRefused = false

        var stops: Bool { if case .stops = end { true } else { false } }
    }

    /// In the order in which the firmware tries them; those whose loader is not there are left out, as it leaves them.
    let ways: [Way]
    /// Those that it leaves out because they are not signed.
    let refused: [Way]
    /// Loaders of this system that only a boot option would start, and no option is known: they are not seen from here.
    let unseen: [Way]
    private let scene: Scene
    private let follow: (ESP, String) -> LoaderChain.End

    init?(_ scene: Scene) {
        guard let boot = scene.boot, let volume = scene.bootVolume else { return nil }
        self.scene = scene
        let esps = scene.esps
        let chain = { (esp: ESP) in LoaderChain(esp: esp, boot: boot, volume: volume, scene: scene) }
        follow = { esp, path in chain(esp).follow(path) }
        func way(_ esp: ESP, _ path: String, _ option: BootOption? = nil) -> Way {
            if let loader = esp.loader(path), chain(esp).isRefused(loader) {
                return Way(
                    esp: esp, path: path, option: option, end: .stops(chain(esp).notSigned(loader)),
                    isRefused: true)
            }
            return Way(esp: esp, path: path, option: option, end: chain(esp).follow(path))
        }
        let options = scene.survey.bootManager?.tried ?? []
        let started = options.compactMap { option -> Way? in
            guard let uuid = option.partition?.uuid, let file = option.loader,
                let esp = esps.first(where: { scene.partitionUUIDs(of: $0).contains(uuid.lowercased()) }),
                let loader = esp.loader(file)
            else { return nil }
            return way(esp, loader.path, option)
        }
        let all = started + esps.compactMap { esp in esp.fallback.map { way(esp, $0) } }
        ways = all.filter { !$0.isRefused }
        refused = all.filter(\.isRefused)
        unseen =
            scene.survey.bootManager != nil
            ? []
            : esps.flatMap { esp in
                Self.own(esp, scene).map { way(esp, $0.path) }
            }
    }

    /// The first loader that the firmware comes to decides: it does not go on to the next for what happens after it.
    var first: Way? { ways.first }

    /// What a loader comes to, whoever starts it.
    func end(of loader: String, on esp: ESP) -> LoaderChain.End { follow(esp, loader) }

    /// Of this ESP's loaders the first that the firmware comes to.
    func first(on esp: ESP) -> Way? { ways.first { $0.esp.volume == esp.volume } }

    /// The loaders in the directories of this system's family.
    static func own(_ esp: ESP, _ scene: Scene) -> [ESP.Loader] {
        esp.vendors.filter { isOwn($0, scene) }.flatMap { vendor in
            Shim.of(vendor).map { [$0] } ?? vendor.loaders.filter { $0.core != nil }
        }
    }

    static func isOwn(_ vendor: ESP.Vendor, _ scene: Scene) -> Bool {
        vendor.name.lowercased() == ownDirectory(scene)
    }

    /// The name of the directory in `EFI` that this system's loaders lie in.
    static func ownDirectory(_ scene: Scene) -> String {
        scene.distribution.loaderDirectory(of: scene.installation.release)
    }

    /// The option starts a loader from a directory of this system's family.
    static func isOwn(_ option: BootOption, _ scene: Scene) -> Bool {
        option.directory == ownDirectory(scene)
    }

    /// Boot options of this system that name a partition which no disk has.
    var stale: [BootOption] {
        let known = Set(
            scene.storage.disks.compactMap(\.table).flatMap(\.partitions).compactMap { $0.uuid?.lowercased() }
        )
        return (scene.survey.bootManager?.options ?? []).filter { option in
            guard let uuid = option.partition?.uuid.lowercased() else { return false }
            return !known.contains(uuid) && Self.isOwn(option, scene)
        }
    }
}
