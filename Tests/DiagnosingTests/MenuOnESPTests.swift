import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

/// RHEL 8 as UEFI starts it: GRUB reads its whole menu on the ESP that it was started from.
struct MenuOnESPTests {
    private var uefi: `A machine that UEFI starts`
    private static let path = "/boot/efi/EFI/redhat/grub.cfg"

    init() throws {
        uefi = try `A machine that UEFI starts`()
        uefi.becomeRedHat()
        uefi.mirror.installation.release = OSRelease(id: "rhel", versionID: "8.10")
        for number in 0..<2 { tell(menu(root: "/dev/mapper/rhel-root"), on: number) }
        uefi.mirror.config = nil
    }

    private func menu(root: String, kernel: String = Mirror.kernel) -> String {
        """
        search --no-floppy --fs-uuid --set=root \(Mirror.bootUUID)
        menuentry 'Red Hat Enterprise Linux' {
        linuxefi /vmlinuz-\(kernel) root=\(root) ro
        initrdefi /\(uefi.mirror.image.file)
        }

        """
    }

    private mutating func tell(_ text: String?, on number: Int) {
        uefi.mirror.survey.esps[number].vendors[0].config = text.map {
            .init(path: "EFI/redhat/grub.cfg", text: $0)
        }
    }

    private func generated() -> [Change] {
        uefi.mirror.plan().remedies.filter { $0.step == .grubConfig }.flatMap(\.changes)
    }

    @Test func `is judged there, and well`() throws {
        #expect(uefi.mirror.state(of: .grubConfig) == .done)
        #expect(uefi.mirror.wrongSteps.isEmpty)
        let step = try #require(uefi.mirror.diagnosis.steps.first { $0.id == .grubConfig })
        #expect(step.reason?.hasPrefix(Self.path) == true)
    }

    @Test mutating func `names a kernel that is gone, is generated there, and brought to the other ESP`()
        throws
    {
        for number in 0..<2 { tell(menu(root: "/dev/mapper/rhel-root", kernel: "4.18.0-1.el8"), on: number) }
        let finding = try uefi.mirror.finding("grub-config.no-such-kernel")
        #expect(finding.severity == .blocker)
        #expect(finding.evidence.first?.place == .file(path: Self.path, line: 3))
        let changes = generated()
        guard changes.count == 2,
            case .build(Self.path, Self.path + ".bootmend", let command, .grubConfig) = changes[0],
            case .installLoaders(
                let other, ["EFI/redhat/grub.cfg", "EFI/redhat/grubenv"], from: .copy(let source, _)) =
                changes[1]
        else {
            Issue.record("\(changes)")
            return
        }
        #expect(command.vector == ["grub2-mkconfig", "-o", Self.path + ".bootmend", "--no-grubenv-update"])
        #expect(other.uuid == `A machine that UEFI starts`.uuids[1])
        #expect(source.uuid == `A machine that UEFI starts`.uuids[0])
    }

    @Test mutating func `written to boot instead is read by nobody`() throws {
        uefi.mirror.config = try Mirror().config
        for number in 0..<2 { tell(nil, on: number) }
        let finding = try uefi.mirror.finding("grub-config.missing")
        #expect(finding.evidence.first?.place == .file(path: Self.path, line: nil))
        #expect(finding.severity == .blocker)
        // Its own ESP has good loaders; the other one's GRUB has no menu either, and gets it by the same step.
        #expect(uefi.ids == ["grub-install.no-stub"])
        #expect(generated().map(\.kind) == ["build", "install-loaders"])
    }

    @Test mutating func `is on one ESP older than on the other, that which packages write to being right`()
        throws
    {
        uefi.mirror.survey.esps.reverse()
        tell(menu(root: "/dev/mapper/rhel-root ro rhgb"), on: 1)
        let finding = try uefi.mirror.finding("grub-install.esp-differs")
        #expect(finding.severity == .warning)
        guard case .installLoaders(let esp, let files, from: .copy)? = finding.remedies.first?.changes.first
        else {
            Issue.record("\(finding.remedies)")
            return
        }
        #expect(esp.uuid == `A machine that UEFI starts`.uuids[1])
        #expect(files.contains("EFI/redhat/grub.cfg"))
    }

    @Test mutating func `has its words from the grubenv beside it`() throws {
        let entry =
            "linux /vmlinuz-\(Mirror.kernel)\ninitrd /\(uefi.mirror.image.file)\noptions $kernelopts\n"
        uefi.mirror.survey.bootDirectories[0].entries = [
            BLSEntry(parsing: entry, file: "0-\(Mirror.kernel).conf")
        ]
        for number in 0..<2 { tell("search --fs-uuid --set=root \(Mirror.bootUUID)\nblscfg\n", on: number) }
        uefi.mirror.survey.esps[0].vendors[0].environment = GrubEnvironment(
            parsing: Array("# GRUB Environment Block\nkernelopts=root=/dev/mapper/old-root ro\n".utf8))
        let finding = try uefi.mirror.finding("cmdline.no-such-root")
        #expect(finding.severity == .blocker)
        let changes = finding.remedies.flatMap(\.changes)
        #expect(
            changes.first?.command?.vector == [
                "grub2-editenv", "/boot/efi/EFI/redhat/grubenv", "set",
                "kernelopts=root=/dev/mapper/rhel-root ro",
            ])
        // The other disk's GRUB reads its own.
        #expect(changes.map(\.kind) == ["run", "install-loaders"])
    }

    @Test mutating func `on an ESP that could not be read is not known`() {
        for number in 0..<2 {
            tell(nil, on: number)
            uefi.mirror.survey.esps[number].failures = ["read '/dev/sda9': Input/output error"]
        }
        #expect(uefi.mirror.state(of: .grubConfig) == .unknown)
        #expect(!uefi.mirror.diagnosis.findings.map(\.id).contains("grub-config.missing"))
    }

    @Test(arguments: [
        "UUID=AB12-CD34 /boot/efi vfat umask=0077,noauto 0 1\n", "UUID=TWIN /boot/efi vfat nofail 0 1\n",
    ])
    mutating func `that fstab does not mount, or not alone, is written where a rescue mounts it`(line: String)
        throws
    {
        uefi.mirror.rewriteFstab("UUID=AB12-CD34 /boot/efi vfat umask=0077,nofail 0 1\n", line)
        for index in uefi.mirror.survey.storage.volumes.indices
        where uefi.mirror.survey.storage.volumes[index].signature?.uuid?.hasPrefix("AB12") == true
            && line.contains("TWIN")
        {
            uefi.mirror.survey.storage.volumes[index].signature?.uuid = "TWIN"
        }
        for number in 0..<2 { tell(menu(root: "/dev/mapper/rhel-root", kernel: "4.18.0-1.el8"), on: number) }
        let uuid = `A machine that UEFI starts`.uuids[0]
        #expect(generated().first?.path == "/run/bootmend-esp/\(uuid)/EFI/redhat/grub.cfg")
    }

    @Test mutating func `without its loaders is not known, and nothing is generated`() {
        for number in 0..<2 { uefi.mirror.survey.esps[number].vendors = [] }
        #expect(uefi.mirror.state(of: .grubConfig) == .unknown)
        #expect(generated().isEmpty)
        #expect(
            uefi.mirror.plan(PlanOptions(again: [.grubConfig])).remedies.filter { $0.step == .grubConfig }
                .isEmpty)
    }

    @Test mutating func `that no loader reads is none`() throws {
        for number in 0..<2 {
            uefi.mirror.survey.esps[number].vendors[0].loaders[0].core?.prefix = "(mduuid/0)/grub2"
        }
        #expect(try uefi.mirror.finding("grub-config.missing").evidence.first?.seen == "no such file")
        uefi.mirror.config = try Mirror().config
        #expect(uefi.mirror.state(of: .grubConfig) == .done)
    }

    @Test mutating func `of another directory, which the firmware starts first, is not known`() {
        uefi.mirror.survey.esps[0].vendors[0].name = "centos"
        uefi.mirror.survey.esps[0].vendors[0].loaders[0].core?.prefix = "/EFI/centos"
        uefi.mirror.survey.esps[0].vendors[0].config?.path = "EFI/centos/grub.cfg"
        #expect(uefi.mirror.state(of: .grubInstall) == .unknown)
    }

    @Test mutating func `that the firmware starts decides, whatever packages write to`() throws {
        uefi.mirror.survey.bootManager?.order = [2, 1]
        tell(menu(root: "/dev/mapper/rhel-root", kernel: "4.18.0-1.el8"), on: 1)
        #expect(try uefi.mirror.finding("grub-install.esp-differs").severity == .blocker)
        tell(menu(root: "/dev/mapper/rhel-root ro rhgb"), on: 1)
        #expect(try uefi.mirror.finding("grub-install.esp-differs").severity == .warning)
    }

    @Test mutating func `beside an ESP that leads to boot is another way, and stays`() {
        uefi.mirror.config = try? Mirror().config
        let stub =
            "search.fs_uuid \(Mirror.bootUUID) root\nset prefix=($root)/grub\nconfigfile $prefix/grub.cfg\n"
        tell(stub, on: 1)
        #expect(!uefi.ids.contains("grub-install.esp-differs"))
        tell(menu(root: "/dev/mapper/rhel-root", kernel: "4.18.0-1.el8"), on: 0)
        #expect(generated().map(\.kind) == ["build"])
    }

    @Test mutating func `with an entry that goes on with another menu is one all the same`() {
        let text =
            menu(root: "/dev/mapper/rhel-root") + "menuentry 'Other' {\nconfigfile (hd1,gpt2)/grub.cfg\n}\n"
        for number in 0..<2 { tell(text, on: number) }
        #expect(uefi.mirror.state(of: .grubConfig) == .done)
    }
}
