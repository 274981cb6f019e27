import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct CmdlineTests {
    private let gone = "/dev/mapper/old-root"
    private let right = "/dev/mapper/rhel-root"

    private func writing(_ old: String, _ new: String, in mirror: inout Mirror) {
        let text = mirror.installation.defaultGrub?.text.replacing(old, with: new)
        mirror.installation.defaultGrub?.text = text ?? ""
    }

    private func telling(_ words: String, in mirror: inout Mirror) {
        for index in mirror.config?.entries.indices ?? 0..<0 {
            mirror.config?.entries[index].arguments = words
        }
    }

    /// The machine as a RHEL 9 would have it: dracut's image, BLS entries, /etc/kernel/cmdline.
    private func redHat(_ options: String, image: String = "") throws -> Mirror {
        var mirror = try Mirror()
        mirror.installation.release = OSRelease(id: "rhel", versionID: "9.4")
        mirror.image.facts?.generator = .dracut(version: "057")
        mirror.image.facts?.texts["etc/cmdline.d/90lvm.conf"] = image
        mirror.config?.readsEntries = true
        mirror.config?.entries = []
        mirror.installation.defaultGrub?.text = "GRUB_CMDLINE_LINUX=\"\(options)\"\n"
        mirror.installation.texts["/etc/kernel/cmdline"] = options + "\n"
        let text = "title RHEL\nlinux /vmlinuz-\(Mirror.kernel)\noptions \(options)\n"
        mirror.survey.bootDirectories[0].entries = [BLSEntry(parsing: text, file: "0-\(Mirror.kernel).conf")]
        return mirror
    }

    private func written(_ finding: Finding) -> [String: String] {
        var texts: [String: String] = [:]
        for case .writeFile(let path, let text, _, _) in finding.remedies.flatMap(\.changes) {
            texts[path] = text
        }
        return texts
    }

    @Test func `a wrong word that the menu has as well is its source's, and stops the boot`() throws {
        var mirror = try Mirror()
        writing("GRUB_CMDLINE_LINUX=\"", "GRUB_CMDLINE_LINUX=\"root=\(gone) ", in: &mirror)
        #expect(try mirror.finding("cmdline.no-such-root").severity == .warning)
        telling("root=\(gone) ro", in: &mirror)
        let finding = try mirror.finding("cmdline.no-such-root")
        #expect(finding.severity == .blocker)
        #expect(finding.evidence.first?.expected == "root=" + right)
        #expect(finding.evidence.map { "\($0.place)" }.contains { $0.contains("/etc/default/grub") })
        #expect(mirror.wrongSteps == [.cmdline])
        let text = try #require(written(finding)["/etc/default/grub"])
        #expect(text.contains("GRUB_CMDLINE_LINUX=\"root=\(right) "))
        #expect(finding.remedies.flatMap(\.changes).map(\.kind) == ["write-file", "build"])
    }

    @Test func `a wrong word in the menu alone is the menu's`() throws {
        var mirror = try Mirror()
        telling("root=\(right) ro resume=\(gone)", in: &mirror)
        #expect(mirror.wrongSteps == [.grubConfig])
        #expect(try mirror.finding("grub-config.stale-arguments").severity == .warning)
        telling("root=\(gone) ro", in: &mirror)
        #expect(mirror.wrongSteps == [.grubConfig])
        #expect(try mirror.finding("grub-config.wrong-root").severity == .blocker)
    }

    @Test func `a resume device of initramfs-tools that is gone is corrected, and the image built again`()
        throws
    {
        var mirror = try Mirror()
        mirror.installation.texts["/etc/initramfs-tools/conf.d/resume"] = "RESUME=UUID=\(Mirror.gone)\n"
        let finding = try mirror.finding("cmdline.no-such-resume")
        #expect(finding.severity == .warning)
        #expect(written(finding) == ["/etc/initramfs-tools/conf.d/resume": "RESUME=/dev/mapper/rhel-swap\n"])
        #expect(finding.remedies.flatMap(\.changes).map(\.kind) == ["write-file", "build"])
        mirror.installation.texts["/etc/initramfs-tools/conf.d/resume"] = "RESUME=none\n"
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test func `a wrong word in a unified image of one of its kernels is shown to be mended by hand`() throws
    {
        var mirror = try Mirror()
        func carrying(_ kernel: String) -> [ESP] {
            let unified = UnifiedImage(kernel: kernel, commandLine: "root=\(gone) ro")
            let loader = ESP.Loader(path: "EFI/Linux/linux.efi", size: 1, unified: unified)
            return [ESP(volume: VolumeID("/dev/sda9"), vendors: [.init(name: "Linux", loaders: [loader])])]
        }
        mirror.survey.esps = carrying("5.0-of-another-system")
        #expect(mirror.wrongSteps.isEmpty)
        mirror.survey.esps = carrying(Mirror.kernel)
        let finding = try mirror.finding("cmdline.no-such-root")
        #expect(finding.severity == .warning)
        #expect("\(finding.evidence[0].place)".contains("/dev/sda9:/EFI/Linux/linux.efi:.cmdline"))
        #expect(finding.remedies.map(\.isByHand) == [true])
        #expect(
            "\(finding.remedies)".contains(
                "kernel-install add \(Mirror.kernel) /boot/vmlinuz-\(Mirror.kernel)"))
    }

    @Test func `words for an image that was not read are not passed as right`() throws {
        var mirror = try Mirror()
        mirror.image.facts = nil
        #expect(mirror.diagnosis.steps.first { $0.id == .cmdline }?.state == .unknown)
    }

    @Test func `words of dracut mean nothing to initramfs-tools`() throws {
        var mirror = try Mirror()
        telling("root=\(right) ro rd.md.uuid=\(Mirror.gone) rd.lvm.lv=old/root", in: &mirror)
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test(arguments: [
        ("rd.lvm.lv=old/root", "no-such-volume", "rd.lvm.lv=rhel/root"),
        ("rd.lvm.lv=rhel/root rd.md.uuid=0badc0de-0badc0de-0badc0de-0badc0de", "no-such-array", ""),
        ("rd.lvm.lv=rhel/root rd.luks.uuid=luks-\(Mirror.gone)", "no-such-container", ""),
    ])
    func `dracut waits for what its words name`(words: String, word: String, expected: String) throws {
        let finding = try redHat("root=\(right) ro \(words)").finding("cmdline.\(word)")
        #expect(finding.severity == .blocker)
        #expect(finding.evidence.first?.expected ?? "" == expected)
        let corrected = "root=\(right) ro rd.lvm.lv=rhel/root"
        #expect(
            written(finding) == [
                "/etc/default/grub": "GRUB_CMDLINE_LINUX=\"\(corrected)\"\n",
                "/etc/kernel/cmdline": corrected + "\n",
                "/boot/loader/entries/0-\(Mirror.kernel).conf":
                    "title RHEL\nlinux /vmlinuz-\(Mirror.kernel)\noptions \(corrected)\n",
            ])
    }

    @Test func `a root LV that no word names is not activated, unless the image or rd auto says so`() throws {
        let bare = "root=\(right) ro"
        #expect(try redHat(bare).finding("cmdline.volume-not-named").severity == .blocker)
        #expect(try redHat(bare, image: " rd.lvm.lv=rhel/root").wrongSteps.contains(.cmdline) == false)
        #expect(try redHat(bare + " rd.auto=1").wrongSteps.contains(.cmdline) == false)
        #expect(try redHat(bare + " rd.lvm.vg=rhel").wrongSteps.contains(.cmdline) == false)
        #expect(try redHat(bare + " rd.lvm.lv=rhel/swap").wrongSteps.contains(.cmdline))
    }

    @Test func `what only the image says wrongly is put right by building it again`() throws {
        let mirror = try redHat("root=\(right) ro", image: "rd.lvm.lv=rhel/root rd.lvm.lv=old/swap")
        let finding = try mirror.finding("initramfs.no-such-volume")
        #expect(finding.severity == .blocker)
        #expect(finding.remedies.flatMap(\.changes).map(\.kind) == ["build"])
        #expect(!mirror.wrongSteps.contains(.cmdline))
    }

    @Test func `an entry made from the rescue medium's own command line starts nothing`() throws {
        let mirror = try redHat("boot=live inst.stage2=hd:LABEL=X rd.lvm.lv=rhel/root")
        let found = mirror.diagnosis.findings.filter { $0.step == .cmdline }
        #expect(
            found.map(\.id).sorted() == ["cmdline.no-root", "cmdline.of-the-medium", "cmdline.of-the-medium"])
        #expect(
            written(found[0])["/etc/kernel/cmdline"] == "rd.lvm.lv=rhel/root root=\(right)\n")
    }

    @Test func `kernelopts are set by the tool that keeps the block's size`() throws {
        var mirror = try redHat("root=\(right) ro rd.lvm.lv=rhel/root")
        mirror.installation.release = OSRelease(id: "rhel", versionID: "8.9")
        let text = "linux /vmlinuz-\(Mirror.kernel)\noptions $kernelopts\n"
        mirror.survey.bootDirectories[0].entries = [BLSEntry(parsing: text, file: "0-\(Mirror.kernel).conf")]
        mirror.survey.bootDirectories[0].grub?.environment?.variables["kernelopts"] =
            "root=\(gone) ro rd.lvm.lv=rhel/root"
        let finding = try mirror.finding("cmdline.no-such-root")
        #expect(finding.severity == .blocker)
        #expect(
            finding.remedies.flatMap(\.changes).compactMap(\.command?.vector) == [
                [
                    "grub2-editenv", "/boot/grub2/grubenv", "set",
                    "kernelopts=root=\(right) ro rd.lvm.lv=rhel/root",
                ]
            ])
    }

    // MARK: the command line that starts

    @Test func `a menu that tells the kernel no root starts nothing, unless the image knows it`() throws {
        var mirror = try Mirror()
        telling("ro console=ttyS0 $vt_handoff", in: &mirror)
        #expect(mirror.wrongSteps == [.grubConfig])
        let finding = try mirror.finding("grub-config.no-root")
        #expect(finding.severity == .blocker)
        #expect(finding.evidence.first?.expected == "root=" + right)
        #expect(finding.remedies.flatMap(\.changes).map(\.kind) == ["build"])
        mirror.image.facts?.texts["conf/conf.d/root"] = "ROOT=\(right)\n"
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test(arguments: ["ro $mine", "ro ${mine}"])
    func `what a variable of one's own puts in is not known`(words: String) throws {
        var mirror = try Mirror()
        telling(words, in: &mirror)
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test func `an image that was not read may know the root by itself`() throws {
        var mirror = try Mirror()
        telling("ro", in: &mirror)
        mirror.image.facts = nil
        #expect(mirror.state(of: .cmdline) == .unknown)
        #expect(mirror.state(of: .grubConfig) == .done)
    }

    @Test func `an empty root= among the defaults leaves the menu without one`() throws {
        var mirror = try Mirror()
        writing("GRUB_CMDLINE_LINUX=\"", "GRUB_CMDLINE_LINUX=\"root= ", in: &mirror)
        telling("root=\(right) ro root=", in: &mirror)
        let finding = try mirror.finding("cmdline.no-root")
        #expect(finding.severity == .blocker)
        let text = try #require(written(finding)["/etc/default/grub"])
        #expect(text.contains("GRUB_CMDLINE_LINUX=\"root=\(right) "))
    }

    @Test func `a generated entry of a system whose entries are files is judged where it starts`() throws {
        var mirror = try redHat("root=\(right) ro rd.lvm.lv=rhel/root")
        mirror.config = try Mirror().config
        mirror.survey.bootDirectories[0].entries = []
        telling("ro rd.lvm.lv=rhel/root", in: &mirror)
        #expect(try mirror.finding("grub-config.no-root").severity == .blocker)
        telling("root=\(right) ro rd.lvm.lv=old/root", in: &mirror)
        #expect(try mirror.finding("grub-config.stale-arguments").severity == .blocker)
    }

    /// RHEL 8, whose entries take their words from grubenv.
    private func sharing(_ defaults: String, beside words: String = "") throws -> Mirror {
        var mirror = try redHat(defaults)
        mirror.installation.release = OSRelease(id: "rhel", versionID: "8.9")
        let text = "linux /vmlinuz-\(Mirror.kernel)\noptions $kernelopts \(words)\n"
        mirror.survey.bootDirectories[0].entries = [BLSEntry(parsing: text, file: "0-\(Mirror.kernel).conf")]
        return mirror
    }

    private func findings(_ mirror: Mirror, of steps: StepID...) -> [String] {
        mirror.diagnosis.findings.filter { steps.contains($0.step) && $0.id != "grub-config.no-image" }
            .map(\.id)
    }

    @Test func `kernelopts that grubenv lost are written from what they are made of`() throws {
        let mirror = try sharing("rd.lvm.lv=rhel/root console=ttyS0")
        #expect(
            findings(mirror, of: .cmdline).sorted() == ["cmdline.no-root", "cmdline.volume-not-named"])
        let finding = try mirror.finding("cmdline.no-root")
        #expect(finding.severity == .blocker)
        #expect(
            finding.remedies.flatMap(\.changes).compactMap(\.command?.vector) == [
                [
                    "grub2-editenv", "/boot/grub2/grubenv", "set",
                    "kernelopts=ro rd.lvm.lv=rhel/root console=ttyS0 root=\(right)",
                ]
            ])
    }

    @Test func `kernelopts in grub.cfg stand in for those of grubenv, and are held against the disks`() throws
    {
        var mirror = try sharing("rd.lvm.lv=rhel/root")
        mirror.config?.kernelopts = .init(line: 7, value: "root=\(right) ro rd.lvm.lv=rhel/root")
        #expect(findings(mirror, of: .cmdline, .grubConfig).isEmpty)
        mirror.config?.kernelopts?.value = "root=\(gone) ro rd.lvm.lv=rhel/root"
        #expect(try mirror.finding("grub-config.stale-arguments").severity == .blocker)
        let words = "root=\(right) ro rd.lvm.lv=rhel/root"
        mirror.survey.bootDirectories[0].grub?.environment?.variables["kernelopts"] = words
        #expect(try mirror.finding("grub-config.stale-arguments").severity == .warning)
    }

    @Test func `an entry's own words beside kernelopts are its own`() throws {
        var mirror = try sharing("rd.lvm.lv=rhel/root", beside: "rd.lvm=0")
        mirror.survey.bootDirectories[0].grub?.environment?.variables["kernelopts"] =
            "root=\(right) ro rd.lvm.lv=rhel/root"
        #expect(findings(mirror, of: .cmdline) == ["cmdline.lvm-switched-off"])
    }

    // MARK: what dracut's words keep shut

    @Test func `rd lvm 0 keeps the root's volume shut, and a later word takes it back`() throws {
        let words = "root=\(right) ro rd.lvm.lv=rhel/root"
        let finding = try redHat(words + " rd.lvm=0").finding("cmdline.lvm-switched-off")
        #expect(finding.severity == .blocker)
        #expect(written(finding)["/etc/kernel/cmdline"] == words + "\n")
        // Nothing under the root is an array.
        #expect(try !redHat(words + " rd.md=0 rd.luks=0").wrongSteps.contains(.cmdline))
        #expect(try !redHat(words + " rd.lvm=1", image: "rd.lvm=0").wrongSteps.contains(.cmdline))
        #expect(
            try redHat(words, image: "rd.lvm=0").finding("initramfs.lvm-switched-off").severity == .blocker)
    }

    @Test func `rd md 0 keeps the array under the root shut`() throws {
        var mirror = try redHat("root=UUID=\(Mirror.bootUUID) ro rd.md.uuid=\(Mirror.arrayUUID) rd.md=0")
        mirror.installation.root = mirror.survey.bootDirectories[0].volume
        #expect(findings(mirror, of: .cmdline) == ["cmdline.md-switched-off"])
        #expect(try mirror.finding("cmdline.md-switched-off").severity == .blocker)
    }

    @Test func `RHEL 6's word against arrays keeps the one under the root shut`() throws {
        let words = "root=UUID=\(Mirror.bootUUID) ro rd.md.uuid=\(Mirror.arrayUUID)"
        var mirror = try redHat(words + " rd_NO_LUKS rd_NO_MD rd_NO_DM")
        mirror.installation.root = mirror.survey.bootDirectories[0].volume
        #expect(findings(mirror, of: .cmdline) == ["cmdline.md-switched-off"])
        let finding = try mirror.finding("cmdline.md-switched-off")
        #expect(written(finding)["/etc/kernel/cmdline"] == words + " rd_NO_LUKS rd_NO_DM\n")
        // dracut looks for its own word first.
        mirror = try redHat(words + " rd_NO_MD rd.md=1")
        mirror.installation.root = mirror.survey.bootDirectories[0].volume
        #expect(findings(mirror, of: .cmdline).isEmpty)
    }

    @Test func `a root by udev's links is the root`() throws {
        var mirror = try redHat("root=/dev/disk/by-label/my\\x20root ro rd.lvm.lv=rhel/root")
        try mirror.change("lv:rhel/root") { $0.signature?.label = "my root" }
        #expect(!mirror.wrongSteps.contains(.cmdline))
    }

    @Test func `dracut waits for a volume group as for a volume`() throws {
        let words = "root=\(right) ro rd.lvm.lv=rhel/root"
        let finding = try redHat(words + " rd.lvm.vg=nosuchvg").finding("cmdline.no-such-volume-group")
        #expect(finding.severity == .blocker)
        #expect(written(finding)["/etc/kernel/cmdline"] == words + "\n")
    }

    @Test func `words of RHEL 6 count, and are corrected in today's`() throws {
        let words = "root=\(right) ro rd_LVM_LV="
        #expect(try !redHat(words + "rhel/root").wrongSteps.contains(.cmdline))
        let finding = try redHat(words + "old/root").finding("cmdline.no-such-volume")
        #expect(finding.evidence.first?.seen == "rd_LVM_LV=old/root")
        #expect(written(finding)["/etc/kernel/cmdline"] == "root=\(right) ro rd.lvm.lv=rhel/root\n")
    }

    /// The root inside a container, and another container beside it.
    private func encrypted(_ words: String) throws -> Mirror {
        var mirror = try redHat(words)
        let root = try #require(mirror.survey.storage.volume(mirror.installation.root))
        let inside = Volume(
            id: VolumeID("luks:" + Self.container), kind: .container,
            name: "/dev/mapper/luks-" + Self.container, size: root.size, signature: root.signature)
        try mirror.change(root.id.rawValue) {
            $0.signature = Signature(type: "crypto_LUKS", usage: "crypto", uuid: Self.container)
        }
        try mirror.change("lv:rhel/swap") {
            $0.signature = Signature(type: "crypto_LUKS", usage: "crypto", uuid: Self.other)
        }
        mirror.survey.storage.volumes.append(inside)
        mirror.installation.root = inside.id
        return mirror
    }

    private static let container = "c0417a14-0000-4000-8000-00000000c041"
    private static let other = "07e50000-0000-4000-8000-0000000007e5"

    @Test func `a container that no word names stays shut as soon as another is named`() throws {
        let words = "root=/dev/mapper/luks-\(Self.container) ro rd.lvm.lv=rhel/root"
        let mirror = try encrypted(words + " rd.luks.uuid=luks-\(Self.other)")
        #expect(findings(mirror, of: .cmdline) == ["cmdline.container-not-named"])
        let finding = try mirror.finding("cmdline.container-not-named")
        #expect(finding.severity == .blocker)
        #expect(finding.evidence.first?.expected == "rd.luks.uuid=" + Self.container)
        for more in [
            "", " rd.luks.uuid=luks-\(Self.container)", " rd_LUKS_UUID=c0417a14",
            " rd.luks.name=\(Self.container)=crypt",
        ] {
            #expect(findings(try encrypted(words + more), of: .cmdline).isEmpty)
        }
        #expect(findings(try encrypted(words + " rd.luks=0"), of: .cmdline) == ["cmdline.luks-switched-off"])
    }

    @Test func `a crypttab that names the root's container alone goes into the image`() throws {
        var mirror = try encrypted("root=/dev/mapper/luks-\(Self.container) ro rd.lvm.lv=rhel/root")
        let arguments = { (mirror: Mirror) in
            let changes = mirror.plan(PlanOptions(again: [.initramfs])).remedies.flatMap(\.changes)
            return changes.compactMap(\.command?.vector).first { $0.contains("dracut") } ?? []
        }
        #expect(!arguments(mirror).contains("--include"))
        let line = "cr_root UUID=\(Self.container) none tpm2-device=auto\n"
        mirror.installation.crypttab = .init(path: "/etc/crypttab", text: line)
        #expect(arguments(mirror).contains("--include"))
        // What it names beside root is not the initramfs's to open.
        mirror.installation.crypttab?.text += "data UUID=\(Self.other) /etc/key\n"
        #expect(arguments(mirror).contains("dracut") && !arguments(mirror).contains("--include"))
    }

    // MARK: what is no problem

    @Test func `ext4 mounts an ext3 root`() throws {
        var mirror = try Mirror()
        try mirror.change("lv:rhel/root") { $0.signature?.type = "ext3" }
        telling("root=\(right) ro rootfstype=ext4", in: &mirror)
        #expect(!mirror.diagnosis.findings.contains { $0.id == "grub-config.stale-arguments" })
        telling("root=\(right) ro rootfstype=xfs", in: &mirror)
        #expect(try mirror.finding("grub-config.stale-arguments").severity == .blocker)
    }

    @Test func `a root that only multipath knows is not called gone`() throws {
        var mirror = try Mirror()
        telling("root=/dev/mapper/mpatha2 ro resume=/dev/mapper/mpathb1", in: &mirror)
        #expect(mirror.wrongSteps.isEmpty)
    }
}
