import BootFiles
import Changes
import Machine
import Storage
import Surveying

/// How loaders on an ESP are put right, and boot options that lead to them.
///
/// An ESP is never formatted, and only files of this system's are written: other systems' loaders lie beside them.
struct LoaderRedo {
    private let scene: Scene
    private let start: FirmwareStart
    private let directory: String
    /// The ESPs of this system, the one that its packages write to first.
    private let esps: [ESP]
    /// The firmware's options, those that are to be made among them.
    private var manager: BootManager?

    private static let step = StepID.grubInstall
    private static let fallbackDirectory = "EFI/BOOT"
    // What shim and GRUB consist of (Debian's grub-install, util/grub-install.c; shim's Makefile).
    private static let names = [
        "shimx64.efi", "grubx64.efi", "mmx64.efi", "fbx64.efi", "BOOTX64.CSV", "grub.cfg",
    ]
    private static let fallbackNames = ["BOOTX64.EFI", "grubx64.efi", "mmx64.efi", "fbx64.efi"]

    init(_ scene: Scene, _ start: FirmwareStart) {
        self.scene = scene
        self.start = start
        directory = FirmwareStart.ownDirectory(scene)
        manager = scene.survey.bootManager
        let own = UEFILoaders.own(scene)
        let mounted = UEFILoaders.mounted(scene)
        esps =
            own.filter { mounted.contains($0.volume) } + own.filter { !mounted.contains($0.volume) }
    }

    // MARK: loaders

    /// This system's loaders on `esp`, and the way from there to /boot.
    func loaders(on esp: ESP) -> Remedy {
        guard let place = scene.place(of: esp), let change = change(of: esp, at: place) else {
            let array = scene.storage.arrayHolding(esp.volume) ?? scene.storage.array(esp.volume)
            let name = scene.name(of: array?.id ?? esp.volume)
            return .byHand(
                Self.step, title: "Have the loaders on \(name) written anew",
                lines: ["bootmend shell", "mount \(name) /boot/efi"]
                    + scene.distribution.reinstallingLoaders,
                why: array == nil
                    ? "they come with packages, and no other ESP has good ones to copy"
                    : "it is an array, which has to be written as one")
        }
        return Remedy(
            step: Self.step, title: "Put the loaders on \(scene.name(of: esp.volume))", changes: [change])
    }

    private func change(of esp: ESP, at place: Change.EFIPartition) -> Change? {
        let fallback = wantsFallback(esp)
        if let command = scene.distribution.installLoaders(
            on: place.path, directory: directory, fallback: fallback)
        {
            let files =
                Self.names.map { "EFI/\(directory)/" + $0 }
                + (fallback ? Self.fallbackNames : []).map { Self.fallbackDirectory + "/" + $0 }
            return .installLoaders(on: place, files: files, from: .tool(command))
        }
        if let good = esps.first(where: { $0.volume != esp.volume && leads($0) }),
            let source = scene.place(of: good)
        {
            let copies = copies(of: good, fallback: fallback)
            return .installLoaders(on: place, files: copies.map(\.to), from: .copy(of: source, as: copies))
        }
        return config(on: esp, at: place)
    }

    // Loaders that are there, and do not find the way.
    private func config(on esp: ESP, at place: Change.EFIPartition) -> Change? {
        guard let vendor = esp.vendor(directory), vendor.loaders.contains(where: { $0.core != nil }),
            let boot = scene.boot, let uuid = scene.bootVolume?.signature?.uuid,
            let text = scene.distribution.loaderConfig(
                uuid: uuid, path: CoreAim.prefixPath(CoreImage(sector: 0, sectors: 0), boot, scene))
        else { return nil }
        return .writeFile(
            path: "\(place.path)/EFI/\(vendor.name)/grub.cfg", text: text, was: vendor.config?.text,
            mode: 0o700)
    }

    private func copies(of good: ESP, fallback: Bool) -> [Change.LoaderCopy] {
        guard let vendor = good.vendor(directory) else { return [] }
        let paths =
            vendor.loaders.map(\.path) + ["BOOTX64.CSV", "BOOT.CSV"].map { "EFI/\(vendor.name)/" + $0 }
            + (scene.menuOnESP != nil
                ? Self.menuFiles(vendor.name) : [vendor.config?.path].compactMap(\.self))
        let same = paths.map { Change.LoaderCopy(from: $0, to: $0) }
        guard fallback, let first = FirmwareStart.own(good, scene).first else { return same }
        let others = vendor.loaders.map(\.path).filter { $0 != first.path }
        return same + [.init(from: first.path, to: Self.fallbackDirectory + "/BOOTX64.EFI")]
            + others.filter { file in
                ["grub", "mm", "mokmanager"].contains(where: LoaderChain.name(of: file).hasPrefix)
            }
            .map { .init(from: $0, to: Self.fallbackDirectory + "/" + LoaderChain.name(of: $0)) }
    }

    // Where no boot option can be made, only the fallback path starts it; another system's stays.
    private func wantsFallback(_ esp: ESP) -> Bool {
        guard let path = esp.fallback else { return scene.survey.bootManager == nil }
        let checksums = esps.flatMap { FirmwareStart.own($0, scene) }.compactMap(\.checksum)
        return esp.loader(path)?.checksum.map(checksums.contains) ?? false
    }

    private func leads(_ esp: ESP) -> Bool {
        guard let loader = FirmwareStart.own(esp, scene).first else { return false }
        if case .leads = start.end(of: loader.path, on: esp) { return true }
        return false
    }

    /// The menu of a system that keeps it on the ESP, brought to the ESPs of its other disks, whose GRUBs read their own.
    static func copiesOfMenu(_ scene: Scene) -> [Change] {
        UEFILoaders.own(scene).filter { !FirmwareStart.own($0, scene).isEmpty }.compactMap {
            copyOfMenu(to: $0, scene)
        }
    }

    /// Nil for the ESP that it is taken from and the halves of an array, which are written with it, and where the
    /// other GRUB is led to /boot.
    static func copyOfMenu(to esp: ESP, _ scene: Scene) -> Change? {
        guard let menu = scene.menuOnESP, let source = menu.esp, esp.volume != source.volume,
            let from = scene.place(of: source), let place = scene.place(of: esp)
        else { return nil }
        let directory = FirmwareStart.ownDirectory(scene)
        if let config = esp.vendor(directory)?.grubConfig, !config.isMenu { return nil }
        let files = menuFiles(menu.vendor?.name ?? directory)
        return .installLoaders(
            on: place, files: files, from: .copy(of: from, as: files.map { .init(from: $0, to: $0) }))
    }

    private static func menuFiles(_ directory: String) -> [String] {
        ["grub.cfg", "grubenv"].map { "EFI/\(directory)/" + $0 }
    }

    // MARK: boot options

    /// A boot option for the loader on `esp`, tried after those that this system has; nil where it has one, and where
    /// the firmware's are not seen.
    mutating func option(for esp: ESP) -> Remedy? {
        guard let manager, let partition = scene.storage.partition(esp.volume), let uuid = partition.uuid,
            let disk = scene.storage.disks(under: esp.volume).first, !hasOption(esp, uuid),
            let place = UInt32(exactly: partition.number)
        else { return nil }
        let known = Set(manager.options.map(\.number))
        guard let number = (0...UInt16.max).first(where: { !known.contains($0) }) else { return nil }
        let loaders = ([esp] + esps).flatMap { FirmwareStart.own($0, scene) }
        let path = loaders.first?.path ?? "EFI/\(directory)/shimx64.efi"
        let file = "\\" + path.split(separator: "/").joined(separator: "\\")
        let option = BootOption(
            number: number, title: directory,
            partition: .init(number: place, uuid: uuid.lowercased()), file: file)
        let ours = Set(manager.options.filter { FirmwareStart.isOwn($0, scene) }.map(\.number))
        var order = manager.order.filter(known.contains)
        let last = order.lastIndex(where: ours.contains)
        order.insert(number, at: last.map { $0 + 1 } ?? 0)
        self.manager?.options.append(option)
        self.manager?.order = order
        let digits = order.map(BootOption.digits)
        // Versions before 0.13 know no --create-only; what comes first is put right by the second command.
        return Remedy(
            step: Self.step,
            title: "Make a boot option for \(path) on \(scene.name(of: esp.volume))",
            changes: [
                .run(
                    command: Command(
                        .efibootmgr, "--quiet", "--create", "--bootnum", BootOption.digits(of: number),
                        "--disk", disk.rawValue, "--part", String(place), "--label", directory,
                        "--loader", file),
                    touching: [BootOption.name(of: number), "BootOrder"].map(EFIVariables.path)),
                .run(
                    command: Command(.efibootmgr, "--quiet", "--bootorder", digits.joined(separator: ",")),
                    touching: [EFIVariables.path(of: "BootOrder")]),
            ])
    }

    private func hasOption(_ esp: ESP, _ uuid: String) -> Bool {
        manager?.tried.contains {
            $0.partition?.uuid.lowercased() == uuid.lowercased() && FirmwareStart.isOwn($0, scene)
        } ?? false
    }
}
