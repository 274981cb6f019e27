import BootFiles
import Testing

@Suite struct `fstab text` {
    static let text =
        "# /etc/fstab\nUUID=old  /boot\txfs   defaults 0 0 # keep\r\n\n/dev/sda2 none swap sw\n#UUID=x / xfs"

    @Test func `a source is replaced and all else stays`() {
        #expect(
            FstabText.replacing(.source, onLine: 2, with: "UUID=new", in: Self.text)
                == "# /etc/fstab\nUUID=new  /boot\txfs   defaults 0 0 # keep\r\n\n/dev/sda2 none swap sw\n#UUID=x / xfs"
        )
    }

    @Test(arguments: [0, 1, 3, 5, 6, -1])
    func `a line that holds no entry is not edited`(line: Int) {
        #expect(FstabText.replacing(.source, onLine: line, with: "UUID=new", in: Self.text) == nil)
    }

    @Test func `other fields are replaced, where they are`() {
        let edited = FstabText.replacing(.options, onLine: 2, with: "defaults,nofail", in: Self.text)
        #expect(edited?.contains("xfs   defaults,nofail 0 0 # keep\r\n") == true)
        #expect(FstabText.replacing(.pass, onLine: 4, with: "0", in: Self.text) == nil)
        #expect(
            FstabText.replacing(.target, onLine: 4, with: "/a b\\c", in: Self.text)?.contains(
                #" /a\040b\134c swap"#) == true)
    }
}

@Suite struct `Kernel command line` {
    @Test(
        arguments: [
            ("root=/dev/mapper/rhel-root ro quiet", "root", "/dev/mapper/rhel-root"),
            ("root=UUID=ab-cd ro", "root", "UUID=ab-cd"),
            ("root=/dev/a  root=/dev/b", "root", "/dev/b"),
            (#"dyndbg="file a.c +p" x=1"#, "dyndbg", "file a.c +p"),
            (#""acpi_osi=Linux 7" y"#, "acpi_osi", "Linux 7"),
            ("rd.lvm-lv=a", "rd.lvm_lv", "a"),
            ("ro", "ro", nil),
            ("", "root", nil),
            ("=x", "root", nil),
        ] as [(String, String, String?)])
    func `the last value stands`(text: String, name: String, value: String?) {
        #expect(KernelCommandLine(parsing: text).value(of: name) == value)
    }

    @Test func `parameters that add up are all there`() {
        let line = KernelCommandLine(parsing: "rd.lvm.lv=rhel/root rd.lvm.lv=rhel/swap rd.auto rd.md=0")
        #expect(line.values(of: "rd.lvm.lv") == ["rhel/root", "rhel/swap"])
        #expect(line.flag("rd.auto") == true)
        #expect(line.flag("rd.md") == false)
        #expect(line.flag("rd.lvm") == nil)
        #expect(line.contains("rd.auto"))
    }
}

@Suite struct `Shell assignments` {
    @Test(arguments: [
        ("A=b\n", "b"), ("A='b c'\n", "b c"), (#"A="b \"c\" \$d""#, #"b "c" $d"#), ("A=b\nA=\n", ""),
        ("export A=b", "b"), ("  A=b # c", "b"), ("# A=x\nA=b", "b"),
        ("B=1\nA=\"$B ${B}2 ${C:-3}\"", "1 12 3"),
        ("A=b\nA+=c", "bc"), ("A='b'\"c\"d", "bcd"), ("A=b\\\nc", "bc"), ("A='$B'", "$B"), ("A=b;X=2", "b"),
        ("if [ x = y ]; then\n A=b\nfi", "b"),
    ])
    func `a value is what a shell would make of it`(text: String, value: String) {
        #expect(ShellAssignments(parsing: text)["A"] == value)
    }

    @Test func `what only running it would tell is marked`() {
        let values = ShellAssignments(
            parsing: "\nGRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`\nB=$(x)\nC=d")
        #expect(values.assignment(of: "GRUB_DISTRIBUTOR")?.isComputed == true)
        #expect(values.assignment(of: "GRUB_DISTRIBUTOR")?.line == 2)
        #expect(values.assignment(of: "B")?.isComputed == true)
        #expect(values["C"] == "d")
    }

    @Test func `variables that double do not grow without end`() {
        let text = "A=aaaaaaaa\n" + String(repeating: "A=\"$A$A\"\n", count: 64)
        #expect((ShellAssignments(parsing: text)["A"]?.utf8.count ?? 0) <= 1 << 18)
    }

    @Test func `os-release names distribution, family and version`() {
        let rocky = OSRelease(
            parsing:
                "NAME=\"Rocky Linux\"\nVERSION_ID=\"9.4\"\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nPRETTY_NAME='Rocky Linux 9.4'\n"
        )
        #expect(
            rocky
                == OSRelease(
                    id: "rocky", idLike: ["rhel", "centos", "fedora"], versionID: "9.4",
                    prettyName: "Rocky Linux 9.4"))
        #expect(rocky.majorVersion == 9)
        #expect(OSRelease(parsing: "").id == "linux")
    }

    @Test func `default grub and its directory are read in order`() {
        let grub = DefaultGrub(
            parsing: """
                GRUB_CMDLINE_LINUX_DEFAULT="quiet"
                GRUB_CMDLINE_LINUX="crashkernel=auto rd.lvm.lv=rhel/root"
                GRUB_ENABLE_BLSCFG=true
                """, "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX console=ttyS0\"\nGRUB_DISABLE_OS_PROBER=true\n"
        )
        #expect(grub.commandLine.values(of: "rd.lvm.lv") == ["rhel/root"])
        #expect(grub.commandLine.value(of: "console") == "ttyS0")
    }
}

@Suite struct `Lists of devices` {
    @Test func `debconf's disks are read and nobody else's answers`() {
        let text = """
            Name: grub-pc/install_devices
            Template: grub-pc/install_devices
            Value: /dev/disk/by-id/ata-A, /dev/sdb
            Owners: grub-pc
            Variables:
             Value = x

            Name: passwd/root-password
            Value: secret

            """
        let answers = DebconfDatabase(parsing: text, questions: [DebconfDatabase.installDevices])
        #expect(answers.values.count == 1)
        #expect(answers.list(DebconfDatabase.installDevices) == ["/dev/disk/by-id/ata-A", "/dev/sdb"])
        #expect(answers.list("other") == nil)
    }

    @Test func `SUSE's list holds devices and words that are none`() {
        let list = GrubInstallDevice(parsing: "/dev/disk/by-id/a\n\nactivate\ngeneric_mbr\n(hd1)\n")
        #expect(list.devices == ["/dev/disk/by-id/a", "(hd1)"])
    }

    @Test func `crypttab names volumes and never keys`() {
        let table = Crypttab(
            parsing: "# x\nroot UUID=ab none luks,discard\ndata /dev/sdb1 /etc/keys/data\nbad\n")
        #expect(
            table.entries == [
                .init(line: 2, name: "root", source: "UUID=ab", options: ["luks", "discard"]),
                .init(line: 3, name: "data", source: "/dev/sdb1", key: "/etc/keys/data"),
            ])
    }
}
