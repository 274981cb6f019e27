import LibMount
import Testing

@Suite struct `fstab` {
    /// What a RHEL 7 server looks like after its /boot was moved to a mirror.
    let mirrored = """
        #
        # /etc/fstab
        # Created by anaconda on Mon Nov  5 09:12:44 2018
        #
        /dev/mapper/rhel-root   /                       xfs     defaults        0 0
        /dev/md0\t/boot xfs defaults 0 0
        UUID=0A1B-2C3D /boot/efi vfat umask=0077,shortname=winnt 0 2

        /dev/mapper/rhel-swap   swap                    swap    defaults        0 0
        //filer/share /mnt/my\\040share cifs credentials=/etc/cred,_netdev 0 0
        """

    @Test func `each line is an entry with its number in the file`() {
        let fstab = Fstab(parsing: mirrored)
        #expect(fstab.entries.map(\.line) == [5, 6, 7, 9, 10])
        #expect(fstab.entries.map(\.target) == ["/", "/boot", "/boot/efi", "swap", "/mnt/my share"])
        #expect(fstab.broken.isEmpty)
    }

    @Test func `the six fields come out as they stand`() {
        let esp = Fstab(parsing: mirrored).entries[2]
        #expect(
            esp
                == FstabEntry(
                    source: "UUID=0A1B-2C3D", target: "/boot/efi", type: "vfat",
                    options: "umask=0077,shortname=winnt", frequency: 0, pass: 2, line: 7))
        #expect(esp.tag == DeviceTag(name: .uuid, value: "0A1B-2C3D"))
    }

    @Test(arguments: [
        ("/a\\040b", "/a b"), ("/tab\\011", "/tab\t"), ("/back\\134slash", "/back\\slash"),
        ("/new\\012line", "/new\nline"),
    ])
    func `octal escapes are undone`(written: String, meant: String) {
        #expect(Fstab(parsing: "/dev/sda1 \(written) ext4 defaults 0 0").entries.first?.target == meant)
    }

    @Test func `one bad line is reported and the others stand`() {
        let fstab = Fstab(
            parsing:
                "/dev/sda1 / ext4 defaults 0 1\nUUID=only-one-field\n/dev/sda2 /home xfs defaults 0 x\n/dev/sda3 /srv xfs\n"
        )
        #expect(fstab.entries.map(\.target) == ["/", "/srv"])
        #expect(
            fstab.broken == [
                BrokenLine(line: 2, text: "UUID=only-one-field"),
                BrokenLine(line: 3, text: "/dev/sda2 /home xfs defaults 0 x"),
            ])
    }

    @Test func `options, dump and pass may be left out`() throws {
        let entry = try #require(Fstab(parsing: "/dev/sda3 /srv xfs").entries.first)
        #expect((entry.options.text, entry.frequency, entry.pass) == ("", 0, 0))
    }

    @Test func `a file with carriage returns reads as one without`() {
        let fstab = Fstab(
            parsing: "# windows\r\n/dev/sda1 / ext4 defaults 0 1\r\n\r\n/dev/sda2 /home xfs defaults 0 2\r\n")
        #expect(fstab.entries.map(\.line) == [2, 4])
        #expect(fstab.entries.map(\.pass) == [1, 2])
        #expect(fstab.broken.isEmpty)
    }

    @Test func `a first line that begins with numbers does not make it a mountinfo`() {
        let fstab = Fstab(parsing: "22 26 /odd ext4\nUUID=1 / ext4 defaults 0 1\n")
        #expect(fstab.entries.map(\.target) == ["26", "/"])
    }

    @Test func `the last line needs no newline and nothing needs entries`() {
        #expect(Fstab(parsing: "/dev/sda1 / ext4").entries.count == 1)
        #expect(Fstab(parsing: "") == Fstab(parsing: "# nothing\n\n"))
    }

    @Test(arguments: [
        "\0\0\0\0", "a\0b / ext4\n", String(repeating: "x", count: 1 << 20), "\\", "\\04 \\777 \\",
    ])
    func `rubbish is broken lines and nothing worse`(text: String) {
        let fstab = Fstab(parsing: text + "\n/dev/sda1 / ext4\n")
        #expect(fstab.entries.contains { $0.target == "/" })
    }

    @Test func `a file without end is read up to a bound`() {
        let fstab = Fstab(parsing: String(repeating: "\n", count: 70_000) + "/dev/sda1 / ext4\n")
        #expect(fstab.entries.isEmpty)
    }

    @Test(
        arguments: [
            ("UUID=3e7e", DeviceTag(name: .uuid, value: "3e7e")),
            ("LABEL=\"my disk\"", DeviceTag(name: .label, value: "my disk")),
            ("PARTUUID='5f-02'", DeviceTag(name: .partitionUUID, value: "5f-02")),
            ("/dev/disk/by-label/a=b", nil),
            ("UUID=", nil), ("NAME=x", nil),
        ] as [(String, DeviceTag?)])
    func `a tag is one of the names that mount knows`(source: String, tag: DeviceTag?) {
        #expect(DeviceTag(source) == tag)
    }
}

@Suite struct `mount options` {
    @Test func `a comma inside quotes parts nothing`() {
        let options: MountOptions = "rw,context=\"system_u:object_r:tmp_t:s0:c127,c456\",noatime"
        #expect(options.list.map(\.name) == ["rw", "context", "noatime"])
        #expect(options.value("context") == "\"system_u:object_r:tmp_t:s0:c127,c456\"")
    }

    @Test func `the last of two values wins`() {
        let options: MountOptions = "subvol=@,nofail,subvol=@home"
        #expect(options.value("subvol") == "@home")
        #expect(options.value("nofail") == "")
        #expect(options.value("noauto") == nil)
    }

    @Test(arguments: ["", ",", ",,,", "=", "a=\"", "\"", "a=,b"])
    func `odd texts end`(text: String) { #expect(MountOptions(text).list.count <= 4) }
}
