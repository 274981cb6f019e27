import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

/// The names that real packages give shim and GRUB on an ESP.
struct ShimTests {
    private var uefi: `A machine that UEFI starts`

    init() throws {
        uefi = try `A machine that UEFI starts`()
        uefi.becomeRedHat()
    }

    /// What lies in the system's own directory of both ESPs, GRUB under each of the names `grubs`.
    private mutating func lay(_ shims: [String], _ grubs: [String], in directory: String = "redhat") {
        for number in 0..<2 {
            let core = uefi.mirror.survey.esps[number].vendors[0].loaders[0].core
            uefi.mirror.survey.esps[number].vendors[0].name = directory
            uefi.mirror.survey.esps[number].vendors[0].loaders = (shims + grubs).sorted().map { name in
                let isGRUB = grubs.contains(name)
                return .init(
                    path: "EFI/\(directory)/\(name)", size: 1,
                    checksum: UInt32(name.utf8.reduce(0) { $0 + Int($1) }), core: isGRUB ? core : nil)
            }
        }
    }

    private mutating func start(_ file: String) {
        for number in 0..<2 { uefi.mirror.survey.bootManager?.options[number].file = file }
    }

    @Test mutating func `of RHEL before 7 point 4 is shim.efi, and starts grubx64.efi`() {
        lay(["MokManager.efi", "shim.efi", "shim-redhat.efi"], ["grubx64.efi"])
        start(#"\EFI\redhat\shim.efi"#)
        #expect(uefi.ids.isEmpty)
        #expect(uefi.mirror.state(of: .grubInstall) == .done)
    }

    @Test mutating func `with the vendor's own signature beside it is not the one that is copied or started`()
    {
        lay(["mmx64.efi", "shim.efi", "shimx64-redhat.efi", "shimx64.efi"], ["grubx64.efi"])
        #expect(uefi.ids.isEmpty)
        uefi.mirror.survey.bootManager?.options.removeAll { $0.number == 2 }
        #expect(uefi.commands.first?.last == #"\EFI\redhat\shimx64.efi"#)
        // Without its loaders the other ESP gets the good ones.
        uefi.mirror.survey.esps[1].vendors = []
        guard case .installLoaders(_, let files, from: .copy)? = uefi.changes().first else {
            Issue.record("nothing is copied")
            return
        }
        #expect(files.contains("EFI/redhat/shimx64-redhat.efi") && files.contains("EFI/redhat/BOOT.CSV"))
    }

    @Test mutating func `on the fallback path goes on to the one directory that has it`() {
        lay(["shim.efi", "shimx64-redhat.efi", "shimx64.efi"], ["grubx64.efi"])
        uefi.mirror.survey.bootManager = nil
        for number in 0..<2 {
            uefi.mirror.survey.esps[number].vendors.append(
                .init(
                    name: "BOOT",
                    loaders: [
                        .init(path: "EFI/BOOT/BOOTX64.EFI", size: 2, checksum: 77),
                        .init(path: "EFI/BOOT/fbx64.efi", size: 3, checksum: 78),
                    ]))
            uefi.mirror.survey.esps[number].fallback = "EFI/BOOT/BOOTX64.EFI"
        }
        #expect(uefi.mirror.state(of: .grubInstall) == .done)
    }

    @Test(arguments: [
        #"source "${prefix}/grub.cfg""#, "normal",
    ])
    func `of SUSE starts a GRUB without a prefix, whose stub lies beside it`(ending: String) {
        var tests = self
        tests.uefi.mirror.installation.release = OSRelease(parsing: "ID=sles\nVERSION_ID=12.5\n")
        tests.lay(["MokManager.efi", "shim.efi"], ["grub.efi"], in: "sles12")
        tests.start(#"\EFI\sles12\shim.efi"#)
        for number in 0..<2 {
            tests.uefi.mirror.survey.esps[number].vendors[0].loaders[1].core?.prefix = ""
            tests.uefi.mirror.survey.esps[number].vendors[0].loaders[1].core?.configuration = nil
            tests.uefi.mirror.survey.esps[number].vendors[0].config = .init(
                path: "EFI/sles12/grub.cfg",
                text: """
                    set btrfs_relative_path="yes"
                    search --fs-uuid --set=root \(Mirror.bootUUID)
                    set prefix=(${root})/grub
                    \(ending)
                    """)
        }
        #expect(tests.uefi.ids.isEmpty)
        #expect(tests.uefi.mirror.state(of: .grubInstall) == .done)
        let stub = tests.uefi.mirror.survey.esps[0].vendors[0].config?.text ?? ""
        tests.uefi.mirror.survey.esps[0].vendors[0].config?.text = stub.replacing(
            Mirror.bootUUID, with: Mirror.gone)
        #expect(tests.uefi.ids.contains("grub-install.stale-prefix"))
    }

    // MARK: the ESP as an array, and the other firmware

    @Test mutating func `a mirrored ESP is started by the partitions of its halves, and written as one`()
        throws
    {
        let halves = uefi.mirror.survey.esps.map(\.volume)
        var array = try #require(uefi.mirror.survey.storage.arrays.first)
        for index in array.members.indices { array.members[index].device = halves[index] }
        array.id = VolumeID("md:0e5b0000000040008000000000000e5b")
        uefi.mirror.survey.storage.arrays.append(array)
        let copies = halves.flatMap { uefi.mirror.survey.storage.volume($0)?.copies ?? [] }
        uefi.mirror.survey.storage.volumes.append(
            Volume(
                id: array.id, kind: .array, name: "/dev/md/efi", size: 64 << 20, copies: copies,
                signature: Signature(type: "vfat", usage: "filesystem", uuid: "AB12-CD34")))
        // Read as halves and as the whole: each counts once.
        var whole = uefi.mirror.survey.esps[0]
        whole.volume = array.id
        uefi.mirror.survey.esps.append(whole)
        #expect(uefi.ids.isEmpty)
        // Its halves are of the type of members, and the array alone is read.
        uefi.mirror.survey.esps = [whole]
        #expect(uefi.ids.isEmpty)
        uefi.mirror.survey.esps[0].vendors[0].config = nil
        #expect(uefi.ids == ["grub-install.no-stub"])
        #expect(uefi.changes().isEmpty)
        let lines = uefi.mirror.plan().notDone.flatMap(\.changes).flatMap(\.linesByHand)
        #expect(lines.contains("mount /dev/md/efi /boot/efi"))
    }

    @Test mutating func `boot code from before it was made to start by UEFI does not make it a BIOS machine`()
        throws
    {
        uefi.mirror.survey.diskBoots = try Mirror().survey.diskBoots
        #expect(uefi.mirror.diagnosis.system.firmware == "bios")
        uefi.mirror.survey.medium.firmware = .uefi
        #expect(uefi.mirror.diagnosis.system.firmware == "uefi")
    }

    @Test mutating func `a menu that was made under the other firmware does not start`() throws {
        uefi.mirror.config?.entries[0].loadedBy = "linux16"
        let finding = try uefi.mirror.finding("grub-config.other-firmware")
        #expect(finding.severity == .blocker)
        #expect(finding.symptom == "error: can't find command `linux16'.")
        uefi.mirror.config?.entries[0].loadedBy = "linuxefi"
        #expect(!uefi.mirror.wrongSteps.contains(.grubConfig))
        var bios = try Mirror()
        bios.config?.entries[1].loadedBy = "linuxefi"
        #expect(try bios.finding("grub-config.other-firmware").severity == .warning)
        #expect(try bios.finding("grub-config.other-firmware").evidence.first?.expected == "linux16")
    }
}
