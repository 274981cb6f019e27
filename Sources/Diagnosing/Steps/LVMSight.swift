import BootFiles
import Bytes
import Changes
import Storage
import Surveying

/// Whether the installed system's LVM sees every physical volume of its root: lvm.conf's filters and its devices file.
struct LVMSight {
    private(set) var findings: [Finding] = []
    /// Why it could not be told.
    private(set) var unknown: String?
    /// What the installed system's LVM goes by.
    let settings: LVMSettings
    /// What its first image's goes by; nil where there is none.
    let imageSettings: LVMSettings?
    let root: IntendedMirror.Use?

    private let scene: Scene
    /// All disks of the group are here, under the names that they have with all of them.
    private let isWhole: Bool

    init(_ scene: Scene, _ mirror: IntendedMirror) {
        self.scene = scene
        let release = scene.installation.release
        settings = LVMSettings(scene.installation.texts, under: "/", release)
        imageSettings = (InitramfsStep.firstImage(scene)?.facts).map {
            LVMSettings($0.texts, under: "", release)
        }
        root = mirror.volumes.first(where: \.isRoot)
        isWhole = !(root?.found.group.isIncomplete ?? false)
        guard let root else { return }
        if settings.devicesPath != nil {
            judgeDevicesFile(root)
            // The system's own LVM passes over the filters; an image that has no devices file goes by its copy of them.
            if findings.isEmpty, unknown == nil, let image = imageSettings, image.devicesPath == nil,
                image.patterns == settings.patterns
            {
                judgeFilters(root)
            }
        } else {
            judgeFilters(root)
        }
    }

    /// The physical volumes of the root's group that are here.
    var here: [PhysicalVolume] { root?.found.group.physicalVolumes.filter { $0.device != nil } ?? [] }

    /// Whether LVM sees a physical volume by these files; nil where it could not be told.
    func sees(_ physical: PhysicalVolume, by settings: LVMSettings) -> Bool? {
        guard settings.devicesPath == nil else {
            let isListed = lists(settings.devices, physical)
            return isListed == false && settings.namesMachine && enters(settings.devices, physical)
                ? nil : isListed
        }
        let answer = settings.conf.accepts(aliases: names(physical))
        return answer == false && settings.goesByOtherNames ? nil : answer
    }

    private var hiddenInImage: [PhysicalVolume] {
        imageSettings.map { image in here.filter { sees($0, by: image) == false } } ?? []
    }

    // MARK: filters

    private mutating func judgeFilters(_ root: IntendedMirror.Use) {
        let conf = settings.conf
        let rejected = here.filter { conf.accepts(aliases: names($0)) == false }
        if here.contains(where: { conf.accepts(aliases: names($0)) == nil }) {
            unknown = "a filter of \(LVMConf.path) could not be read"
        }
        guard let first = rejected.first, let device = first.device else { return }
        if settings.goesByOtherNames {
            unknown = "the filter of \(LVMConf.path) goes by names that only the running system gives"
            return
        }
        findings.append(
            finding(
                "filtered",
                "a filter of lvm.conf hides \(list(rejected)) from LVM"
                    + (settings.devicesPath == nil ? "" : " in images, which have no devices file"), root,
                [
                    Evidence(
                        path: LVMConf.path,
                        line: line(
                            of: conf.filter.map { $0.accepts(aliases: names(first)) } == false
                                ? "filter" : "global_filter"),
                        seen: settings.patterns.joined(separator: " "),
                        expected: "a pattern that lets \(device) pass")
                ],
                .byHand(
                    LVMMirrorStep.id, title: "Let \(list(rejected)) pass the filters of lvm.conf",
                    lines: ["vi \(LVMConf.path)", "bootmend rescue --again initramfs"],
                    why: "which devices it is to keep out only you know; the images hold a copy of it")))
    }

    /// The line that sets it; the later one counts.
    private func line(of setting: String) -> Int? {
        let lines = (scene.installation.texts[LVMConf.path] ?? "")
            .split(separator: "\n", omittingEmptySubsequences: false)
        let index = lines.lastIndex { line in
            line.drop { $0 == " " || $0 == "\t" }.prefix { $0 != "=" && $0 != " " && $0 != "\t" }
                .split(separator: "/").last.map { $0 == setting } ?? false
        }
        return index.map { $0 + 1 }
    }

    /// What it is known by here, and where LVM saw it last: disks change their names from one boot to the next, and where
    /// one is gone those behind it move up.
    private func names(_ physical: PhysicalVolume) -> [String] {
        guard let device = physical.device, let volume = scene.storage.volume(device) else { return [] }
        let own = scene.storage.names(of: volume).filter { $0.hasPrefix("/dev/") }
        let given = scene.arrays.uses.filter { $0.array.id == device }.map(\.device)
        let known = own + given + [physical.hint].compactMap(\.self)
        guard !isWhole else { return known }
        let places = 0..<min(scene.survey.storage.disks.count + 1, 64)
        return known + known.compactMap { KernelDiskName($0) }.flatMap { name in places.map(name.moved) }
    }

    // MARK: the devices file

    private mutating func judgeDevicesFile(_ root: IntendedMirror.Use) {
        guard let path = settings.devicesPath else { return }
        let unlisted = here.filter { sees($0, by: settings) == false }
        if here.contains(where: { sees($0, by: settings) == nil && lists(settings.devices, $0) == false }) {
            unknown = "the disks have other ids here than in \(path), which another machine does not go by"
        }
        guard !unlisted.isEmpty else { return }
        findings.append(
            finding(
                "not-in-devices-file", "LVM's devices file does not list \(list(unlisted))", root,
                [
                    Evidence(
                        path: path, seen: settings.listed,
                        expected: "PVID=" + unlisted.map { Self.bare($0.uuid) }.joined(separator: ", PVID="))
                ],
                .byHand(
                    LVMMirrorStep.id, title: "Enter \(list(unlisted)) in LVM's devices file",
                    lines: unlisted.compactMap(\.device).map { "lvmdevices --adddev \($0)" }
                        + ["bootmend rescue --again initramfs"],
                    why: "in 'bootmend shell', under the names that the disks have there")))
    }

    // Whether one of its entries is this volume's; nil where one may be, by an id that is not known here.
    private func lists(_ devices: LVMDevices, _ physical: PhysicalVolume) -> Bool? {
        let answers = devices.entries.map { lists($0, physical) }
        if answers.contains(true) { return true }
        return answers.contains(nil) ? nil : false
    }

    // LVM goes by the id of the device alone, and by the PVID only where that id is a name, which changes from one boot
    // to the next (lvmdevices(8); device_id.c, _match_du_to_dev, device_ids_search).
    private func lists(_ entry: LVMDevices.Entry, _ physical: PhysicalVolume) -> Bool? {
        let isEntered = entry.pvid == Self.bare(physical.uuid)
        switch entry.idType {
        case "devname": return isEntered || names(physical).contains(entry.idName)
        case "md_uuid":
            let array = physical.device.flatMap(scene.storage.array)
            return array?.uuid.hexDigits == entry.idName.hexDigits
        case "sys_wwid":
            let disks = physical.device.map { scene.storage.disks(under: $0) } ?? []
            let wwids = disks.map { scene.storage.disk($0)?.wwid.map(WorldwideName.init) }
            let entered = WorldwideName(entry.idName)
            // The id is the disk's, the entry a partition's: without a PVID one of them is as good as the other.
            if wwids.contains(entered) { return isEntered || entry.pvid == nil }
            // A disk has ids of several kinds, and LVM takes any of them (dev_read_vpd_wwids).
            let isOther = !wwids.isEmpty && wwids.allSatisfy { entered.isOther(than: $0) }
            return isEntered && !isOther ? nil : false
        default: return isEntered ? nil : false
        }
    }

    private func enters(_ devices: LVMDevices, _ physical: PhysicalVolume) -> Bool {
        devices.entries.contains { $0.pvid == Self.bare(physical.uuid) }
    }

    static func bare(_ uuid: String) -> String { uuid.filter { $0 != "-" } }

    // MARK: how it is said

    func list(_ volumes: [PhysicalVolume]) -> String {
        volumes.compactMap(\.device?.rawValue).joined(separator: " and ")
    }

    /// How much it is to the boot that an image hides these: it goes by its own copies.
    func severity(ofHiding hidden: [PhysicalVolume], activates: Bool) -> Finding.Severity {
        guard let root, !hidden.isEmpty else { return .warning }
        let names = Set(hidden.map(\.uuid))
        let under = scene.storage.physicalVolumes(under: root.found)
        let seen = under.filter { $0.device != nil && !names.contains($0.uuid) }
        // A part of the group is activated as long as nothing of the volume itself is missing.
        let isOpened =
            !under.isEmpty && seen.count == under.count || root.found.volume.isMirrored && !seen.isEmpty
        return isOpened && activates ? .warning : .blocker
    }

    private func finding(
        _ word: String, _ summary: String, _ root: IntendedMirror.Use, _ evidence: [Evidence],
        _ remedy: Remedy
    ) -> Finding {
        let activates = (InitramfsStep.firstImage(scene)?.facts).map(DegradedActivation.activates) ?? true
        return Finding(
            id: "lvm-mirror.\(word)", step: LVMMirrorStep.id,
            severity: severity(ofHiding: hiddenInImage, activates: activates), summary: summary,
            symptom: "Volume group \"\(root.found.group.name)\" not found",
            evidence: evidence, remedies: [remedy])
    }
}

/// An id of a disk as LVM compares it: blanks of old SCSI ids were underscores in its files once, of which there were
/// more (device_id.c, _match_du_to_dev).
private struct WorldwideName: Equatable {
    private let words: [Substring]

    init(_ text: String) {
        words = text.lowercased().split { !($0.isLetter || $0.isNumber) }
    }

    /// Both are of one kind, `naa`, `eui` or `t10`, and yet differ.
    func isOther(than known: WorldwideName?) -> Bool {
        guard let kind = words.first, let known else { return false }
        return known.words.first == kind && known != self
    }
}
