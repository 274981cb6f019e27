import BootFiles
import Testing

@Suite struct `grub.cfg` {
    @Test func `Debian's own is read with its entries, searches and default`() throws {
        let config = GrubConfig(parsing: try GRUBFixture.bytes("debian-mirror.cfg"))
        #expect(config.damage == nil)
        #expect(config.entries.count == 3)
        let first = try #require(config.entries.first)
        #expect(first.line == 85)
        #expect(first.title == "Debian GNU/Linux")
        #expect(first.id == "gnulinux-simple-40075eed-0000-4000-8000-000000004007")
        #expect(first.kernel == .init(line: 101, value: "/vmlinuz-6.1.0-50-cloud-amd64"))
        #expect(KernelCommandLine(parsing: first.arguments).value(of: "root") == "/dev/mapper/rhel-root")
        #expect(first.initrds == [.init(line: 103, value: "/initrd.img-6.1.0-50-cloud-amd64")])
        let boot = "b0075eed-0000-4000-8000-00000000b007"
        #expect(first.searches == [.init(line: 96, value: boot), .init(line: 98, value: boot)])
        #expect(first.roots == [.init(line: 94, value: "mduuid/6d1e2f308a4b4c5d9e0f1a2b3c4d5e6f")])
        #expect(first.modules.suffix(4) == ["part_msdos", "diskfilter", "mdraid1x", "xfs"])
        #expect(config.defaultEntry == "0")
        #expect(config.timeout == "1")
        #expect(config.entries[1].submenus.map(\.title) == ["Advanced options for Debian GNU/Linux"])
        #expect(config.entries[2].arguments.contains(" single "))
        #expect(!config.readsEntries)
    }

    @Test(
        arguments: [
            ("0", "Debian GNU/Linux"),
            ("1", "Debian GNU/Linux, with Linux 6.1.0-50-cloud-amd64"),
            ("1>1", "Debian GNU/Linux, with Linux 6.1.0-50-cloud-amd64 (recovery mode)"),
            ("gnulinux-simple-40075eed-0000-4000-8000-000000004007", "Debian GNU/Linux"),
            ("Advanced options for Debian GNU/Linux>0", "Debian GNU/Linux, with Linux 6.1.0-50-cloud-amd64"),
            ("7", nil),
        ] as [(String, String?)])
    func `a default is found by number, id and title`(choice: String, title: String?) throws {
        let config = GrubConfig(parsing: try GRUBFixture.bytes("debian-mirror.cfg"))
        #expect(config.entry(chosenBy: choice)?.title == title)
    }

    @Test(
        arguments: [
            (
                "search --no-floppy --fs-uuid --set=root --hint-bios=hd0,msdos1 --hint='mduuid/12'  AB-CD",
                "AB-CD"
            ),
            ("search --no-floppy --fs-uuid --set root AB-CD", "AB-CD"),
            ("search --no-floppy --fs-uuid --set AB-CD", "AB-CD"),
            ("search --no-floppy --root-dev-only --fs-uuid --set=dev AB-CD", "AB-CD"),
            ("search --fs-uuid AB-CD --hint hd0,msdos1", "AB-CD"),
            ("search -n -u -s root AB-CD", "AB-CD"),
            ("search.fs_uuid AB-CD root hd0,gpt2 ", "AB-CD"),
            ("search --no-floppy --label --set=root BOOT", nil),
            ("search --file --set=root /.disk/info", nil),
            ("search.file /.disk root", nil),
        ] as [(String, String?)])
    func `a search by UUID in every form`(line: String, uuid: String?) {
        #expect(GrubConfig(parsing: "\n" + line + "\n").searches.map(\.value) == (uuid.map { [$0] } ?? []))
    }

    @Test func `RHEL 7 has linux16 and words in quotes`() {
        let config = GrubConfig(
            parsing: #"""
                set timeout=5
                menuentry 'Red Hat "Maipo" {x}' --class red --unrestricted $menuentry_id_option 'gnulinux-3.10' {
                	load_video
                	insmod xfs ; set root='mduuid/ab'
                	linux16 /vmlinuz-3.10.0 root=/dev/mapper/rhel-root \
                	    rd.lvm.lv=rhel/root "acpi_osi=Linux 7"   # the rest is a comment }
                	initrd16 /initramfs-3.10.0.img
                }
                """#)
        #expect(config.damage == nil)
        #expect(config.entries.count == 1)
        #expect(config.entries.first?.title == #"Red Hat "Maipo" {x}"#)
        #expect(config.entries.first?.id == "gnulinux-3.10")
        #expect(config.entries.first?.kernel == .init(line: 5, value: "/vmlinuz-3.10.0"))
        #expect(
            config.entries.first?.arguments
                == "root=/dev/mapper/rhel-root rd.lvm.lv=rhel/root acpi_osi=Linux 7")
        #expect(config.entries.first?.initrds == [.init(line: 7, value: "/initramfs-3.10.0.img")])
        #expect(config.entries.first?.roots.map(\.value) == ["mduuid/ab"])
    }

    @Test func `RHEL 8 and later read BLS entries`() {
        let config = GrubConfig(
            parsing: #"""
                set root='hd0,msdos1'
                if [ -z "${kernelopts}" ]; then
                  set kernelopts="root=/dev/mapper/rhel-root ro crashkernel=auto "
                fi
                insmod blscfg
                blscfg
                """#)
        #expect(config.readsEntries)
        #expect(config.roots == [.init(line: 1, value: "hd0,msdos1")])
        #expect(config.kernelopts == .init(line: 3, value: "root=/dev/mapper/rhel-root ro crashkernel=auto "))
        #expect(!GrubConfig(parsing: "insmod blscfg\n").readsEntries)
    }

    @Test func `an entry into the firmware's setup is known for one`() {
        let config = GrubConfig(
            parsing: """
                if [ "$grub_platform" = "efi" ]; then
                \tfwsetup --is-supported
                \tif [ "$?" = 0 ]; then
                \t\tmenuentry 'UEFI Firmware Settings' $menuentry_id_option 'uefi-firmware' {
                \t\t\tfwsetup
                \t\t}
                \tfi
                fi
                menuentry 'Tool' { chainloader /tool.efi }
                """)
        #expect(config.entries.map(\.opensSetup) == [true, nil])
        #expect(config.starting.map(\.title) == ["Tool"])
    }

    @Test func `the stub on an ESP says where it goes on`() {
        let config = GrubConfig(
            parsing: """
                search --no-floppy --root-dev-only --fs-uuid --set=dev AB-CD
                set prefix=($dev)/grub2
                export $prefix
                configfile $prefix/grub.cfg
                """)
        #expect(config.searches == [.init(line: 1, value: "AB-CD")])
        #expect(config.prefix == .init(line: 2, value: "($dev)/grub2"))
        #expect(config.configfile == .init(line: 4, value: "$prefix/grub.cfg"))
    }

    @Test func `a device in front of a path is taken away`() {
        let config = GrubConfig(
            parsing: "menuentry a {\n linux ($root)/vmlinuz x\n initrd (hd0,msdos1)/a.img ($root)/b.img\n}")
        #expect(config.entries.first?.kernel?.value == "/vmlinuz")
        #expect(config.entries.first?.initrds.map(\.value) == ["/a.img", "/b.img"])
    }

    @Test(arguments: [
        ("menuentry 'a {\n", "line 1: a quote is never closed"),
        ("\nmenuentry a {\n linux /x\n", "line 2: a brace is never closed"),
        ("menuentry a {\n}\n}\n", "line 3: a closing brace that nothing opened"),
        (String(repeating: "function f {\n", count: 100), "line 65: more blocks than a menu may have"),
    ])
    func `damage is named with its line`(text: String, damage: String) {
        #expect(GrubConfig(parsing: text).damage == damage)
    }

    @Test func `an entry before the damage is kept`() {
        let config = GrubConfig(parsing: "menuentry a {\nlinux /x\n}\nmenuentry b {\nlinux /y 'z\n")
        #expect(config.entries.map(\.title) == ["a", "b"])
        #expect(config.damage != nil)
    }

    @Test func `no truncation or flipped byte crashes or hangs`() throws {
        let text = try GRUBFixture.bytes("debian-mirror.cfg")
        for count in stride(from: 0, to: text.count, by: 37) {
            _ = GrubConfig(parsing: Array(text.prefix(count)))
        }
        for offset in stride(from: 0, to: text.count, by: 41) {
            for byte: UInt8 in [0, 0x22, 0x27, 0x5c, 0x7b, 0x7d, 0xff] {
                var text = text
                text[offset] = byte
                _ = GrubConfig(parsing: text)
            }
        }
    }

    @Test(arguments: [
        "{\n", "}", "'", "\\\n", "menuentry a {\n", "search -u a;", "$", "# \\\n", "submenu a {\n",
    ])
    func `a mebibyte of anything is read in one go`(piece: String) {
        _ = GrubConfig(parsing: String(repeating: piece, count: (1 << 20) / piece.utf8.count))
    }
}

@Suite struct `BLS entry` {
    static let text = """
        title Red Hat Enterprise Linux (5.14.0-362.el9.x86_64) 9.3 (Plow)
        version 5.14.0-362.el9.x86_64
        linux /vmlinuz-5.14.0-362.el9.x86_64
        initrd /initramfs-5.14.0-362.el9.x86_64.img $tuned_initrd
        options $kernelopts $tuned_params
        machine-id 0123456789abcdef0123456789abcdef
        """

    @Test func `its lines are kept with their numbers`() {
        let entry = BLSEntry(parsing: Self.text, file: "x.conf")
        #expect(entry.version == "5.14.0-362.el9.x86_64")
        #expect(entry.kernel == .init(line: 3, value: "/vmlinuz-5.14.0-362.el9.x86_64"))
        #expect(entry.options == .init(line: 5, value: "$kernelopts $tuned_params"))
        #expect(entry.machineID == "0123456789abcdef0123456789abcdef")
        #expect(
            entry.images(environment: nil) == [.init(line: 4, value: "/initramfs-5.14.0-362.el9.x86_64.img")])
    }

    @Test func `options are expanded from grubenv, then from grub.cfg, else they are empty`() {
        let entry = BLSEntry(parsing: Self.text, file: "x.conf")
        let environment = GrubEnvironment(variables: ["kernelopts": "root=/dev/a ro"])
        #expect(entry.commandLine(environment: environment).value(of: "root") == "/dev/a")
        #expect(
            entry.commandLine(environment: nil, fallback: ["kernelopts": "root=/dev/b"]).value(of: "root")
                == "/dev/b")
        #expect(entry.commandLine(environment: nil).parameters.isEmpty)
    }

    @Test func `line ends of another system do not matter`() {
        let entry = BLSEntry(parsing: "title a\r\nlinux /b\r\n", file: "x.conf")
        #expect(entry.title == "a")
        #expect(entry.kernel == .init(line: 2, value: "/b"))
    }
}

@Suite struct `grubenv` {
    @Test func `a block that grub-editenv made is whole`() throws {
        let environment = GrubEnvironment(parsing: try GRUBFixture.bytes("debian.grubenv"))
        #expect(environment.damage == nil)
        #expect(environment.variables.isEmpty)
    }

    @Test func `values may hold equals signs and escapes`() {
        var block = Array("# GRUB Environment Block\nsaved_entry=a\\\\b\nkernelopts=root=/dev/x ro\n".utf8)
        block += [UInt8](repeating: 0x23, count: 1024 - block.count)
        let environment = GrubEnvironment(parsing: block)
        #expect(environment.variables == ["saved_entry": #"a\b"#, "kernelopts": "root=/dev/x ro"])
        #expect(environment.damage == nil)
        #expect(
            GrubEnvironment(parsing: Array(block.dropLast())).damage == "it has 1023 bytes instead of 1024")
        #expect(GrubEnvironment(parsing: Array(block.dropLast())).variables.count == 2)
        #expect(GrubEnvironment(parsing: [0, 0]).damage != nil)
    }
}
