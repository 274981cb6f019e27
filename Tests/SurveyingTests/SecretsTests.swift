import BootFiles
import Storage
import Testing

@testable import Surveying

@Suite struct `a survey to be sent` {
    @Test func `has no passwords, and every other word where it was`() {
        var installation = Installation(root: VolumeID("/dev/sda2"), release: OSRelease(id: "debian"))
        installation.fstab = .init(
            path: "/etc/fstab",
            text: "# one\n//nas/x /x cifs user=a,password=tops,ro 0 0\nUUID=1 / ext4 defaults 0 1\n")
        installation.defaultGrub = .init(
            path: "/etc/default/grub", text: "GRUB_CMDLINE_LINUX=\"rd.iscsi.password=hush quiet\"\n")
        let boot = BootDirectory(
            volume: VolumeID("/dev/sda1"), path: "",
            grub: .init(
                directory: "grub",
                config: GrubConfig(
                    parsing: "menuentry 'a' {\n linux /vmlinuz root=/dev/sda2 rd.iscsi.password=hush ro\n}\n")
            ))
        let unified = UnifiedImage(kernel: "6.1", commandLine: "ro rd.iscsi.password=hush quiet")
        let loader = ESP.Loader(path: "EFI/Linux/linux.efi", size: 1, unified: unified)
        let survey = Survey(
            medium: Medium(kernel: "6.1", firmware: .bios, hasMD: true, hasDeviceMapper: true, tools: []),
            storage: StorageMap(), bootDirectories: [boot], installations: [installation],
            esps: [ESP(volume: VolumeID("/dev/sda1"), vendors: [.init(name: "Linux", loaders: [loader])])])
        let sent = survey.withoutSecrets()
        let text = "\(sent)"
        #expect("\(survey)".contains("tops"), "there is a secret to be removed")
        #expect(!text.contains("tops") && !text.contains("hush"))
        #expect(sent.installations[0].fstab?.text.contains("user=a") == true)
        #expect(sent.installations[0].fstab?.text.hasSuffix("\nUUID=1 / ext4 defaults 0 1\n") == true)
        #expect(
            sent.bootDirectories[0].grub?.config?.entries[0].arguments.hasPrefix("root=/dev/sda2 ") == true)
    }

    @Test(arguments: [
        ("set superusers=\"joe\"\npassword joe hush\n", "set superusers=\"joe\"\npassword joe (removed)\n"),
        ("password 'joe' \"hush hush\"; set root=hd0", "password 'joe' (removed); set root=hd0"),
        ("password_pbkdf2 joe grub.pbkdf2.sha512.1.hush\n", "password_pbkdf2 joe (removed)\n"),
        ("# don't\n#password joe hush\n", "# don't\n#password joe (removed)\n"),
        ("menuentry 'a' { password joe hush\n}\n", "menuentry 'a' { password joe (removed)\n}\n"),
        ("if [ $x ]; then password joe hush; fi\n", "if [ $x ]; then password joe (removed); fi\n"),
        ("cryptomount -p hush -u 12ab\n", "cryptomount -p (removed) -u 12ab\n"),
        ("cryptomount -u 12ab -phush\n", "cryptomount -u 12ab -p(removed)\n"),
        ("cryptomount --password hush (hd0,gpt2)\n", "cryptomount --password (removed) (hd0,gpt2)\n"),
        ("cryptomount --password=hush 12ab\n", "cryptomount --password=(removed) 12ab\n"),
        ("cryptomount -p -phush x\n", "cryptomount -p (removed) x\n"),
        (
            "set kernelopts=\"ro rd.iscsi.password=hush\"\n",
            "set kernelopts=\"ro rd.iscsi.password=(removed)\"\n"
        ),
    ])
    func `has no passwords of GRUB's commands, on an ESP or inside a core image`(text: String, kept: String) {
        var survey = Self.empty
        let stub = ESP.Vendor(name: "debian", config: .init(path: "EFI/debian/grub.cfg", text: text))
        survey.esps = [ESP(volume: VolumeID("/dev/sda1"), vendors: [stub])]
        let core = CoreImage(sector: 1, sectors: 60, configuration: text)
        survey.diskBoots = [DiskBoot(disk: VolumeID("/dev/sda"), record: nil, core: core)]
        survey.diskBoots[0].active = DiskBoot.ActivePartition(
            partition: VolumeID("/dev/sda1"), record: BootRecord(code: .empty, hasSignature: true), core: core
        )
        let sent = survey.withoutSecrets()
        #expect(sent.esps[0].vendors[0].config?.text == kept)
        #expect(sent.diskBoots[0].core?.configuration == kept)
        #expect(sent.diskBoots[0].active?.core?.configuration == kept)
    }

    @Test func `has what GRUB goes by, byte for byte`() {
        let text = """
            insmod password_pbkdf2
            search --no-floppy --fs-uuid --set=root --hint='hd0,gpt2' 1f2e-3d4c
            cryptomount -u 0123456789abcdef
            set root='lvmid/a-b/c-d'
            set prefix=($root)//@/boot/grub
            linux ($root)/vmlinuz root=UUID=1-2 resume=/dev/mapper/vg-pass iommu.passthrough=1 password ro quiet
            linux /vmlinuz root=/dev/md/secrets rd.md.uuid=1:2:3:4 rd.lvm.lv=token/root rootflags=subvol=@ x@y
            initrd /initrd.img user=joe root=http://10.0.0.1:8080/a@b root=nfs://10.0.0.1:/share@c

            """
        var survey = Self.empty
        let stub = ESP.Vendor(name: "debian", config: .init(path: "EFI/debian/grub.cfg", text: text))
        survey.esps = [ESP(volume: VolumeID("/dev/sda1"), vendors: [stub])]
        #expect(survey.withoutSecrets().esps[0].vendors[0].config?.text == text)
    }

    @Test func `has no password among the words that grub.cfg sets for BLS entries`() {
        let config = GrubConfig(parsing: "set kernelopts=\"root=/dev/sda2 rd.iscsi.password=hush ro\"\n")
        let sent = Self.sent(.init(directory: "grub2", config: config))
        #expect(sent.grub?.config?.kernelopts?.value == "root=/dev/sda2 rd.iscsi.password=(removed) ro")
    }

    @Test func `has no variable of grubenv whose name calls it a secret`() {
        let variables = [
            "password": "hush", "luks_passphrase": "hu sh", "GRUB2_PASSWORD": "grub.pbkdf2.sha512.1.hush",
            "saved_entry": "debian", "kernelopts": "root=/dev/sda2 rd.iscsi.password=hush ro",
        ]
        let sent = Self.sent(.init(directory: "grub2", environment: GrubEnvironment(variables: variables)))
        #expect(
            sent.grub?.environment?.variables == [
                "password": "(removed)", "luks_passphrase": "(removed)", "GRUB2_PASSWORD": "(removed)",
                "saved_entry": "debian", "kernelopts": "root=/dev/sda2 rd.iscsi.password=(removed) ro",
            ])
    }

    @Test func `has of an image's conf.d what it has of the system's`() {
        let texts = [
            "conf/conf.d/resume": "RESUME=UUID=1234\nCRYPT_KEY=hush\n",
            "etc/mdadm/mdadm.conf":
                "PROGRAM /usr/bin/call --password hush --now\nARRAY /dev/md0 UUID=1:2:3:4\n",
        ]
        let image = BootDirectory.Image(
            file: "initrd.img", version: "6.1", size: 1, facts: InitramfsFacts(texts: texts))
        var survey = Self.empty
        survey.bootDirectories = [BootDirectory(volume: VolumeID("/dev/sda1"), path: "", images: [image])]
        let sent = survey.withoutSecrets().bootDirectories[0].images[0].facts?.texts
        #expect(sent?["conf/conf.d/resume"] == "RESUME=UUID=1234\n# (removed)\n")
        #expect(
            sent?["etc/mdadm/mdadm.conf"]
                == "PROGRAM /usr/bin/call --password (removed) --now\nARRAY /dev/md0 UUID=1:2:3:4\n")
    }

    @Test(arguments: [
        ("//nas/x /x cifs user=a,pass=hush,ro 0 0", "//nas/x /x cifs user=a,pass=(removed),ro 0 0"),
        ("//nas/x /x cifs user=joe%hush,ro 0 0", "//nas/x /x cifs user=joe%(removed),ro 0 0"),
        ("//nas/x /x cifs username=W/joe%hush 0 0", "//nas/x /x cifs username=W/joe%(removed) 0 0"),
        ("//nas/x /x cifs password=HU,,SH,ro 0 0", "//nas/x /x cifs password=(removed),ro 0 0"),
        ("//joe:hush@srv/share /x cifs ro 0 0", "//joe:(removed)@srv/share /x cifs ro 0 0"),
        ("https://joe:hu@sh@host:80/a", "https://joe:(removed)@host:80/a"),
        ("smb://joe:hu/sh@host/a", "smb://joe:(removed)@host/a"),
        ("iscsi://joe%hush@host/iqn", "iscsi://joe%(removed)@host/iqn"),
    ])
    func `has no passwords of mounts and addresses`(line: String, kept: String) {
        var installation = Installation(root: VolumeID("/dev/sda2"), release: OSRelease(id: "debian"))
        installation.fstab = .init(path: "/etc/fstab", text: line)
        var survey = Self.empty
        survey.installations = [installation]
        #expect(survey.withoutSecrets().installations[0].fstab?.text == kept)
    }

    @Test(arguments: [
        ("root=cifs://joe:hush@10.0.0.1:/share ro", "root=cifs://joe:(removed)@10.0.0.1:/share ro"),
        ("inst.repo=ftp://u:hu,sh@host/p quiet", "inst.repo=ftp://u:(removed)@host/p quiet"),
        ("cifsuser=joe cifspass=hu,sh ro", "cifsuser=joe cifspass=(removed) ro"),
        ("systemd.set_credential=a.b:hush ro", "systemd.set_credential=a.b:(removed) ro"),
        ("systemd.set_credential_binary=a:aHVzaA== ro", "systemd.set_credential_binary=a:(removed) ro"),
        ("\"rd.iscsi.password=hu sh\" root=UUID=1", "\"rd.iscsi.password=(removed)\" root=UUID=1"),
        ("rootflags=password=hush,ro root=UUID=1", "rootflags=password=(removed),ro root=UUID=1"),
        ("netroot=iscsi:joe:hu,sh@10.0.0.1::3260 ro", "netroot=iscsi:(removed)@10.0.0.1::3260 ro"),
        ("PASS=hush\nROOT=UUID=1\n", "PASS=(removed)\nROOT=UUID=1\n"),
        (
            "export API_TOKEN=hu,sh\nPASSPHRASE='hu sh'\n",
            "export API_TOKEN=(removed)\nPASSPHRASE=(removed)\n"
        ),
        (
            "a=\"quiet rd.iscsi.password=hush\"\nb=\"c\"\n",
            "a=\"quiet rd.iscsi.password=(removed)\"\nb=\"c\"\n"
        ),
        ("luks UUID=1 none luks,token-timeout=5\n", "luks UUID=1 none luks,token-timeout=5\n"),
    ])
    func `has no secrets of kernel words and shell variables`(text: String, kept: String) {
        #expect(SecretWords.removed(from: text) == kept)
        #expect(SecretWords.removed(from: kept) == kept, "what was taken out is not taken out again")
    }

    private static let empty = Survey(
        medium: Medium(kernel: "6.1", firmware: .bios, hasMD: true, hasDeviceMapper: true, tools: []),
        storage: StorageMap())

    private static func sent(_ grub: BootDirectory.Grub) -> BootDirectory {
        var survey = empty
        survey.bootDirectories = [BootDirectory(volume: VolumeID("/dev/sda1"), path: "", grub: grub)]
        return survey.withoutSecrets().bootDirectories[0]
    }
}
