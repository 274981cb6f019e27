import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

/// The mirror as UEFI starts it: an ESP on each disk with Debian's signed shim and GRUB, and a boot option for each.
@Suite struct `A machine that UEFI starts` {
    var mirror: Mirror
    static let disks = ["a.img", "b.img"]
    static let uuids = ["aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000001"]

    init() throws {
        mirror = try Mirror()
        mirror.eraseBootCode(of: 0)
        mirror.eraseBootCode(of: 1)
        mirror.installation.fstab?.text += "UUID=AB12-CD34 /boot/efi vfat umask=0077,nofail 0 1\n"
        for (disk, uuid) in zip(Self.disks, Self.uuids) {
            let id = VolumeID(disk + "#9")
            let index = try #require(mirror.survey.storage.disks.firstIndex { $0.id.rawValue == disk })
            mirror.survey.storage.disks[index].table?.partitions.append(
                Partition(id: id, number: 9, start: 4 << 30, size: 64 << 20, type: "0xef", uuid: uuid))
            mirror.survey.storage.volumes.append(
                Volume(
                    id: id, kind: .partition, name: id.rawValue, size: 64 << 20,
                    copies: [Copy(pieces: [Piece(disk: VolumeID(disk), offset: 4 << 30, length: 64 << 20)])],
                    signature: Signature(
                        type: "vfat", usage: "filesystem", uuid: disk == "a.img" ? "AB12-CD34" : "AB12-CD35"))
            )
            mirror.survey.esps.append(Self.esp(id))
        }
        mirror.survey.bootManager = BootManager(
            order: [1, 2],
            options: zip([UInt16(1), 2], Self.uuids).map { number, uuid in
                BootOption(
                    number: number, title: "debian", partition: .init(number: 9, uuid: uuid),
                    file: #"\EFI\debian\shimx64.efi"#)
            })
    }

    static func esp(_ volume: VolumeID) -> ESP {
        let core = CoreImage(
            sector: 0, sectors: 0, prefix: "/EFI/debian", configuration: "normal (memdisk)/grub.cfg",
            modules: ["search_fs_uuid", "mdraid1x", "xfs"])
        let stub = """
            search.fs_uuid \(Mirror.bootUUID) root mduuid/6d1e2f308a4b4c5d9e0f1a2b3c4d5e6f
            set prefix=($root)'/grub'
            configfile $prefix/grub.cfg

            """
        return ESP(
            volume: volume,
            vendors: [
                .init(
                    name: "debian",
                    loaders: [
                        .init(path: "EFI/debian/grubx64.efi", size: 1, checksum: 1, core: core),
                        .init(path: "EFI/debian/shimx64.efi", size: 2, checksum: 2),
                    ], config: .init(path: "EFI/debian/grub.cfg", text: stub))
            ])
    }

    /// Copies of the loaders where the firmware looks without a boot option.
    mutating func addFallback(to number: Int) {
        let own = mirror.survey.esps[number].vendors[0].loaders
        mirror.survey.esps[number].vendors.append(
            .init(
                name: "BOOT",
                loaders: [
                    .init(path: "EFI/BOOT/BOOTX64.EFI", size: 2, checksum: 2),
                    .init(path: "EFI/BOOT/grubx64.efi", size: 1, checksum: 1, core: own[0].core),
                ]))
        mirror.survey.esps[number].fallback = "EFI/BOOT/BOOTX64.EFI"
    }

    var ids: [String] { mirror.diagnosis.findings.map(\.id).filter { $0.hasPrefix("grub-install") } }
    var stops: [String?] { mirror.diagnosis.disks.map { $0.breaksAt?.rawValue } }

    @Test func `is well with a loader and a boot option on each disk`() {
        #expect(mirror.diagnosis.system.firmware == "uefi")
        #expect(ids.isEmpty)
        #expect(mirror.state(of: .grubInstall) == .done)
        #expect(!stops.contains("grub-install"))
    }

    @Test mutating func `whose boot options are not seen is known to start by its fallback path alone`() {
        mirror.survey.bootManager = nil
        #expect(mirror.state(of: .grubInstall) == .unknown)
        addFallback(to: 0)
        #expect(mirror.state(of: .grubInstall) == .done)
        #expect(ids.isEmpty)
        addFallback(to: 1)
        #expect(mirror.state(of: .grubInstall) == .done)
    }

    @Test mutating func `does not start from a disk whose ESP is empty`() {
        mirror.survey.esps[1].vendors = []
        #expect(ids == ["grub-install.missing"])
        #expect(mirror.state(of: .grubInstall) == .skipped)
        #expect(stops[1] == "grub-install")
        #expect(stops[0] != "grub-install")
        #expect(mirror.diagnosis.verdict == .degraded)
    }

    @Test mutating func `does not start from a disk without an ESP`() {
        mirror.survey.esps.removeLast()
        #expect(ids == ["grub-install.no-esp"])
        #expect(stops[1] == "grub-install")
    }

    @Test mutating func `stops where the stub on the ESP searches for the old boot`() throws {
        let stub = mirror.survey.esps[0].vendors[0].config?.text ?? ""
        mirror.survey.esps[0].vendors[0].config?.text = stub.replacing(Mirror.bootUUID, with: Mirror.gone)
        #expect(ids == ["grub-install.stale-prefix"])
        let finding = try mirror.finding("grub-install.stale-prefix")
        #expect(finding.severity == .blocker)
        #expect(finding.summary == "a.img#9: EFI/debian/grub.cfg searches for a filesystem that is not /boot")
        #expect(stops[0] == "grub-install")
        #expect(stops[1] != "grub-install")
        // On the disk that starts second it stops only that one.
        mirror.survey.bootManager?.order = [2, 1]
        #expect(try mirror.finding("grub-install.stale-prefix").severity == .warning)
    }

    @Test mutating func `shows a prompt without the stub, and stops at shim without GRUB`() {
        mirror.survey.esps[0].vendors[0].config = nil
        #expect(ids == ["grub-install.no-stub"])
        mirror.survey.esps[0].vendors[0].loaders.removeFirst()
        #expect(ids.contains("grub-install.no-loader"))
    }

    @Test mutating func `does not start by options that name partitions which are gone`() {
        mirror.survey.bootManager?.options[0].partition?.uuid = "cccccccc-0000-4000-8000-000000000001"
        // The second disk's option still leads.
        #expect(Set(ids) == ["grub-install.no-boot-option", "grub-install.stale-boot-option"])
        #expect(mirror.diagnosis.verdict == .degraded)
        mirror.survey.bootManager?.options[1].partition?.uuid = "cccccccc-0000-4000-8000-000000000002"
        #expect(mirror.diagnosis.verdict == .broken)
        // The fallback path needs none.
        addFallback(to: 0)
        addFallback(to: 1)
        #expect(Set(ids) == ["grub-install.stale-boot-option"])
        #expect(mirror.state(of: .grubInstall) == .done)
    }

    @Test mutating func `has loaders that drifted apart`() {
        mirror.survey.esps[1].vendors[0].loaders[1].checksum = 3
        #expect(ids == ["grub-install.esp-differs"])
        #expect(mirror.state(of: .grubInstall) == .stale)
        #expect(!stops.contains("grub-install"))
    }

    @Test mutating func `may be started by something that is not known`() {
        mirror.survey.esps[0].vendors[0].loaders = [.init(path: "EFI/debian/systemd-bootx64.efi", size: 3)]
        mirror.survey.bootManager?.options[0].file = #"\EFI\debian\systemd-bootx64.efi"#
        #expect(mirror.state(of: .grubInstall) == .unknown)
    }

    @Test mutating func `stops at a loader that is not signed where Secure Boot is on`() {
        mirror.survey.esps[1].vendors[0].loaders[0].isSigned = false
        mirror.survey.bootManager?.isSecure = false
        #expect(ids.isEmpty)
        #expect(mirror.state(of: .grubInstall) == .done)
        mirror.survey.bootManager?.isSecure = true
        #expect(ids == ["grub-install.not-signed"])
        #expect(stops[1] == "grub-install")
        // Without shim the firmware itself refuses it, and goes on to the next.
        mirror.survey.bootManager?.order = [2, 1]
        mirror.survey.bootManager?.options[1].file = #"\EFI\debian\grubx64.efi"#
        #expect(ids == ["grub-install.not-signed"])
        #expect(mirror.diagnosis.verdict == .degraded)
    }

    @Test mutating func `may stop at a loader that is not signed where Secure Boot is not seen`() {
        for number in 0..<2 {
            addFallback(to: number)
            mirror.survey.esps[number].vendors[1].loaders[0].isSigned = true
            mirror.survey.esps[number].vendors[1].loaders[1].isSigned = false
        }
        mirror.survey.bootManager = nil
        #expect(mirror.state(of: .grubInstall) == .unknown)
        for number in 0..<2 { mirror.survey.esps[number].vendors[1].loaders[1].isSigned = true }
        #expect(mirror.state(of: .grubInstall) == .done)
    }

    // MARK: what is done about it

    func changes(_ options: PlanOptions = PlanOptions()) -> [Change] {
        mirror.plan(options).remedies.flatMap(\.changes).filter { $0.kind != "open" }
    }

    var commands: [[String]] { changes().compactMap(\.command?.vector) }

    /// The same on RHEL 9, whose loaders come from packages that put them on the ESP.
    mutating func becomeRedHat() {
        mirror.installation.release = OSRelease(parsing: "ID=rhel\nVERSION_ID=9.4\n")
        for number in 0..<2 {
            mirror.survey.esps[number].vendors[0].name = "redhat"
            for index in 0..<2 {
                let path = mirror.survey.esps[number].vendors[0].loaders[index].path
                mirror.survey.esps[number].vendors[0].loaders[index].path = path.replacing(
                    "debian", with: "redhat")
            }
            mirror.survey.esps[number].vendors[0].loaders[0].core?.prefix = "/EFI/redhat"
            mirror.survey.esps[number].vendors[0].config?.path = "EFI/redhat/grub.cfg"
            mirror.survey.bootManager?.options[number].file = #"\EFI\redhat\shimx64.efi"#
        }
    }

    @Test mutating func `gets its loaders by grub-install, on the ESP that lacks them alone`() throws {
        mirror.survey.esps[1].vendors = []
        let path = "/run/bootmend-esp/" + Self.uuids[1]
        #expect(
            commands == [
                [
                    "grub-install", "--target=x86_64-efi", "--efi-directory=\(path)",
                    "--bootloader-id=debian",
                    "--no-nvram",
                ]
            ])
        let change = try #require(changes().first)
        #expect(change.isUndoable)
        #expect(change.device == "b.img#9")
        // Nobody sees the options: the way that needs none is made too.
        mirror.survey.bootManager = nil
        mirror.survey.esps[0].vendors[0].config = nil
        #expect(commands.allSatisfy { $0.contains("--force-extra-removable") })
        #expect(commands.count == 2)
        // What another system starts by stays.
        mirror.survey.esps[1].vendors = [
            .init(name: "BOOT", loaders: [.init(path: "EFI/BOOT/BOOTX64.EFI", size: 9, checksum: 9)])
        ]
        mirror.survey.esps[1].fallback = "EFI/BOOT/BOOTX64.EFI"
        #expect(mirror.state(of: .grubInstall) == .unknown)
        let again = changes(PlanOptions(again: [.grubInstall])).compactMap(\.command?.vector)
        #expect(again.filter { $0.contains("--efi-directory=" + path) }.map(\.last) == ["--no-nvram"])
    }

    @Test mutating func `gets a boot option behind those that it has`() {
        mirror.survey.bootManager?.order = [7, 1]
        mirror.survey.bootManager?.options.append(BootOption(number: 7, title: "Setup"))
        mirror.survey.bootManager?.options.append(BootOption(number: 0, title: "Shell"))
        mirror.survey.bootManager?.order.append(0)
        mirror.survey.bootManager?.options.removeAll { $0.number == 2 }
        #expect(ids == ["grub-install.no-boot-option"])
        #expect(
            commands == [
                [
                    "efibootmgr", "--quiet", "--create", "--bootnum", "0002", "--disk", "b.img",
                    "--part", "9",
                    "--label", "debian", "--loader", #"\EFI\debian\shimx64.efi"#,
                ], ["efibootmgr", "--quiet", "--bootorder", "0007,0001,0002,0000"],
            ])
    }

    @Test mutating func `gets none where no number is free, or the partition's is impossible`() {
        mirror.survey.bootManager?.options.removeAll { $0.number == 2 }
        mirror.survey.bootManager?.options = (0...UInt16.max).map { number in
            BootOption(number: number, title: "full")
        }
        #expect(commands.isEmpty)
        mirror.survey.bootManager?.options = []
        #expect(!commands.isEmpty)
        for disk in mirror.survey.storage.disks.indices {
            for index in (mirror.survey.storage.disks[disk].table?.partitions ?? []).indices {
                mirror.survey.storage.disks[disk].table?.partitions[index].number = -1
            }
        }
        #expect(commands.isEmpty)
    }

    @Test mutating func `gets two boot options where both name what is gone`() {
        mirror.survey.bootManager?.options[0].partition?.uuid = "cccccccc-0000-4000-8000-000000000001"
        mirror.survey.bootManager?.options[1].partition?.uuid = "cccccccc-0000-4000-8000-000000000002"
        #expect(commands.filter { $0.contains("--create") }.map { $0[4] } == ["0000", "0003"])
        #expect(commands.last?.last == "0001,0002,0000,0003")
        #expect(!changes().contains { !$0.isUndoable })
        // That of a disk which may come back is left to the person.
        let lines = mirror.plan().notDone.flatMap(\.changes).flatMap(\.linesByHand)
        #expect(lines.contains("efibootmgr --delete-bootnum --bootnum 0001"))
    }

    @Test mutating func `of RHEL gets them from the other ESP, and without one from its packages`() throws {
        becomeRedHat()
        #expect(ids.isEmpty)
        mirror.survey.esps[1].vendors = []
        guard case .installLoaders(let esp, let files, from: .copy(let good, let copies))? = changes().first
        else {
            Issue.record("nothing is copied")
            return
        }
        #expect(esp.uuid == Self.uuids[1])
        #expect(good.uuid == Self.uuids[0])
        #expect(files == copies.map(\.to))
        #expect(files.contains("EFI/redhat/shimx64.efi") && files.contains("EFI/redhat/grub.cfg"))
        #expect(!files.contains { $0.contains("BOOT/") })
        mirror.survey.esps[0].vendors = []
        #expect(changes().isEmpty)
        #expect(
            mirror.plan().notDone.flatMap(\.changes).flatMap(\.linesByHand).contains(
                "dnf reinstall shim-x64 grub2-efi-x64"))
    }

    @Test mutating func `of RHEL gets the stub alone where both lead to the old boot`() throws {
        becomeRedHat()
        for number in 0..<2 {
            let stub = mirror.survey.esps[number].vendors[0].config?.text ?? ""
            mirror.survey.esps[number].vendors[0].config?.text = stub.replacing(
                Mirror.bootUUID, with: Mirror.gone)
        }
        #expect(mirror.diagnosis.verdict == .broken)
        let texts = changes().compactMap { change in
            if case .writeFile(let path, let text, _, _) = change { path + "\n" + text } else { nil }
        }
        #expect(texts.count == 2)
        #expect(
            texts.first == """
                /run/bootmend-esp/\(Self.uuids[0])/EFI/redhat/grub.cfg
                search --no-floppy --root-dev-only --fs-uuid --set=dev \(Mirror.bootUUID)
                set prefix=($dev)/grub
                export $prefix
                configfile $prefix/grub.cfg

                """)
    }

    @Test mutating func `does not start by loaders that all lead nowhere, whatever the boot options are`() {
        mirror.survey.bootManager = nil
        for number in 0..<2 { mirror.survey.esps[number].vendors[0].config = nil }
        #expect(ids == ["grub-install.no-stub", "grub-install.no-stub"])
        #expect(mirror.diagnosis.verdict == .broken)
        // As where the options are seen, and the first of them leads there.
        let severities = mirror.diagnosis.findings.filter { $0.step == .grubInstall }.map(\.severity)
        #expect(severities == [.blocker, .warning])
        // With one that leads it depends on the option, which nobody sees.
        mirror.survey.esps[0] = Self.esp(mirror.survey.esps[0].volume)
        #expect(ids == ["grub-install.no-stub"])
        #expect(mirror.state(of: .grubInstall) == .unknown)
    }
}
