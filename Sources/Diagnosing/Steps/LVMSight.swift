import BootFiles
import Changes
import Storage
import Surveying

/// Whether the installed system's LVM sees every physical volume of its root: lvm.conf's filters and its devices file.
struct LVMSight {
    private(set) var findings: [Finding] = []
    /// Why it could not be told.
    private(set) var unknown: String?

    private let scene: Scene
    private let mirror: IntendedMirror
    /// All disks of the group are here, under the names that they have with all of them.
    private let isWhole: Bool

    init(_ scene: Scene, _ mirror: IntendedMirror) {
        self.scene = scene
        self.mirror = mirror
        let use = mirror.volumes.first(where: \.isRoot)
        isWhole = !(use?.found.group.isIncomplete ?? false)
        guard let use else { return }
        let here = use.found.group.physicalVolumes.filter { $0.device != nil }
        let conf = Self.conf(scene.installation.texts, under: "/")
        if usesDevicesFile(conf) {
            judgeDevicesFile(here, use, conf)
        } else {
            judgeFilters(here, use, conf)
        }
    }

    private static func conf(_ texts: [String: String], under root: String) -> LVMConf {
        LVMConf(
            parsing: texts[root + "etc/lvm/lvm.conf"] ?? "", later: texts[root + "etc/lvm/lvmlocal.conf"])
    }

    // MARK: filters

    private mutating func judgeFilters(_ here: [PhysicalVolume], _ use: IntendedMirror.Use, _ conf: LVMConf) {
        let rejected = here.filter { conf.accepts(aliases: names($0)) == false }
        if here.contains(where: { conf.accepts(aliases: names($0)) == nil }) {
            unknown = "a filter of \(LVMConf.path) could not be read"
        }
        guard let first = rejected.first, let device = first.device else { return }
        if goesByOtherNames(conf) {
            unknown = "the filter of \(LVMConf.path) goes by names that only the running system gives"
            return
        }
        let image = (InitramfsStep.firstImage(scene)?.facts).map { Self.conf($0.texts, under: "") }
        let hidden = here.filter { image?.accepts(aliases: names($0)) == false }
        findings.append(
            finding(
                "filtered", "a filter of lvm.conf hides \(list(rejected)) from LVM", hidden, use,
                [
                    Evidence(
                        path: LVMConf.path,
                        line: line(
                            of: conf.filter.map { $0.accepts(aliases: names(first)) } == false
                                ? "filter" : "global_filter"),
                        seen: ((conf.filter?.patterns ?? []) + (conf.globalFilter?.patterns ?? [])).joined(
                            separator: " "),
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

    private func goesByOtherNames(_ conf: LVMConf) -> Bool {
        ((conf.filter?.patterns ?? []) + (conf.globalFilter?.patterns ?? [])).contains { pattern in
            pattern.hasPrefix("a")
                && ["by-id", "by-path", "mapper", "mpath"].contains { pattern.contains($0) }
        }
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

    // lvm.conf(5), use_devicesfile: compiled in as on from RHEL 9 on, and then in force where the file is there.
    private func usesDevicesFile(_ conf: LVMConf) -> Bool {
        guard path(conf) != nil else { return false }
        if let says = conf.usesDevicesFile { return says }
        let release = scene.installation.release
        if release.id == "fedora" { return true }
        let major = release.versionID?.split(separator: ".").first.flatMap { Int($0) } ?? 0
        return ([release.id] + release.idLike).contains("rhel") && major >= 9
    }

    private func path(_ conf: LVMConf) -> String? {
        let path = "/etc/lvm/devices/" + conf.devicesFile
        return scene.installation.texts[path] == nil ? nil : path
    }

    private mutating func judgeDevicesFile(
        _ here: [PhysicalVolume], _ use: IntendedMirror.Use, _ conf: LVMConf
    ) {
        guard let path = path(conf), let text = scene.installation.texts[path] else { return }
        let devices = LVMDevices(parsing: text)
        let unlisted = here.filter { !lists(devices, $0) }
        guard !unlisted.isEmpty else { return }
        let copy = InitramfsStep.firstImage(scene)?.facts?.texts[String(path.dropFirst())]
        let hidden = copy.map { LVMDevices(parsing: $0) }.map { copy in here.filter { !lists(copy, $0) } }
        let listed = devices.entries.map { $0.deviceName ?? $0.idName }
        findings.append(
            finding(
                "not-in-devices-file", "LVM's devices file does not list \(list(unlisted))", hidden ?? [],
                use,
                [
                    Evidence(
                        path: path, seen: listed.isEmpty ? "no device" : listed.joined(separator: " "),
                        expected: "PVID=" + unlisted.map { Self.bare($0.uuid) }.joined(separator: ", PVID="))
                ],
                .byHand(
                    LVMMirrorStep.id, title: "Enter \(list(unlisted)) in LVM's devices file",
                    lines: unlisted.compactMap(\.device).map { "lvmdevices --adddev \($0)" }
                        + ["bootmend rescue --again initramfs"],
                    why: "in 'bootmend shell', under the names that the disks have there")))
    }

    // LVM finds a PV by the id of its device, and by its PVID where the device has another id now (lvmdevices(8)).
    private func lists(_ devices: LVMDevices, _ physical: PhysicalVolume) -> Bool {
        let names = names(physical)
        let array = physical.device.flatMap(scene.storage.array)
        let disks = physical.device.map { scene.storage.disks(under: $0) } ?? []
        let wwids = Set(disks.compactMap { scene.storage.disk($0)?.wwid?.lowercased() })
        return devices.entries.contains { entry in
            if entry.pvid == Self.bare(physical.uuid) { return true }
            switch entry.idType {
            case "devname": return names.contains(entry.idName)
            case "md_uuid":
                return array.map {
                    $0.uuid.filter(\.isHexDigit).lowercased()
                        == entry.idName.filter(\.isHexDigit).lowercased()
                } ?? false
            // The id is the disk's, the entry a partition's: without a PVID one of them is as good as the other.
            case "sys_wwid": return entry.pvid == nil && wwids.contains(entry.idName.lowercased())
            default: return false
            }
        }
    }

    private static func bare(_ uuid: String) -> String { uuid.filter { $0 != "-" } }

    // MARK: how it is said

    private func list(_ volumes: [PhysicalVolume]) -> String {
        volumes.compactMap(\.device?.rawValue).joined(separator: " and ")
    }

    // The image's own copy is what the boot goes by.
    private func finding(
        _ word: String, _ summary: String, _ hidden: [PhysicalVolume],
        _ use: IntendedMirror.Use, _ evidence: [Evidence], _ remedy: Remedy
    ) -> Finding {
        let names = Set(hidden.map(\.uuid))
        let under = scene.storage.physicalVolumes(under: use.found)
        let isSeen = under.contains { $0.device != nil && !names.contains($0.uuid) }
        let hasHalf = use.found.volume.isMirrored && isSeen
        let activates = (InitramfsStep.firstImage(scene)?.facts).map(DegradedActivation.activates) ?? true
        let stops = !hidden.isEmpty && !(hasHalf && activates)
        return Finding(
            id: "lvm-mirror.\(word)", step: LVMMirrorStep.id, severity: stops ? .blocker : .warning,
            summary: summary, symptom: "Volume group \"\(use.found.group.name)\" not found",
            evidence: evidence, remedies: [remedy])
    }
}
