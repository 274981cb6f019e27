import BootFiles
import Testing

@Suite struct `mdadm.conf` {
    static let debian = """
        # mdadm.conf
        #
        # !NB! Run update-initramfs -u after updating this file.
        #DEVICE partitions containers
        CREATE owner=root group=disk mode=0660 auto=yes
        HOMEHOST <system>
        MAILADDR root
        # definitions of existing MD arrays
        ARRAY /dev/md/0  metadata=1.2 UUID=6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e6f name=lab:0
        ARRAY <ignore> UUID=00000000:00000000:00000000:00000001
           devices=/dev/sdc1,/dev/sdd1   # the old pair
        """

    @Test func `Debian's own is read with its array lines`() throws {
        let conf = MdadmConf(parsing: Self.debian)
        #expect(conf.homehost == "<system>")
        #expect(conf.devices.isEmpty)
        #expect(conf.arrays.count == 2)
        #expect(
            conf.arrays.first
                == .init(
                    line: 9, device: "/dev/md/0", uuid: "6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e6f", name: "lab:0",
                    metadata: "1.2"))
        #expect(conf.arrays.last?.isIgnored == true)
        #expect(conf.arrays.last?.devices == ["/dev/sdc1", "/dev/sdd1"])
        #expect(conf.arrays(withUUID: "6D1E2F30-8A4B-4C5D-9E0F-1A2B3C4D5E6F").map(\.line) == [9])
        #expect(conf.arrays(withUUID: "").isEmpty)
    }

    @Test(arguments: [
        ("array /dev/md0 uuid=1", 1), ("ARR /dev/md0 UUID=1", 1), ("AR /dev/md0 UUID=1", 0),
        ("arrays /dev/md0 UUID=1", 0), ("  ARRAY /dev/md0", 1), ("# x\n\n\tARRAY /dev/md0", 1),
        ("MAILADDR root\n ARRAY /dev/md0", 0), ("ARRAY 'a b' UUID=1\n#c\n\n  name=x", 1),
        ("DEVICE /dev/sd*\nARRAY \"/dev/md0\"#x UUID=1\n", 1), ("", 0),
    ])
    func `keywords may be short, lines may go on`(text: String, count: Int) {
        #expect(MdadmConf(parsing: text).arrays.count == count)
    }

    @Test func `a continuation reaches across comments and empty lines`() {
        let conf = MdadmConf(
            parsing: "ARRAY /dev/md0\n# between\n\n  UUID=1:2 name='a b'\nAUTO +1.x -all\nAUTO +all\n")
        #expect(conf.arrays == [.init(line: 1, device: "/dev/md0", uuid: "1:2", name: "a b")])
        #expect(conf.auto == ["+1.x", "-all"])
    }

    @Test func `DEVICE lines keep their places`() {
        let conf = MdadmConf(parsing: "# x\nDEV /dev/sd* partitions\nMAILADDR root\ndevice\n\n  /dev/hda1\n")
        #expect(
            conf.deviceLines == [
                .init(line: 2, words: ["/dev/sd*", "partitions"]), .init(line: 4, words: ["/dev/hda1"]),
            ])
        #expect(conf.devices == ["/dev/sd*", "partitions", "/dev/hda1"])
    }

    @Test func `only the stale UUID of that line is replaced`() {
        let new = "11111111:22222222:33333333:44444444"
        let edited = MdadmConf.replacing(
            "6D1E2F30:8A4B4C5D:9E0F1A2B:3C4D5E6F", with: new, onLine: 9, of: Self.debian)
        let expected = Self.debian.split(separator: "6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e6f").joined(
            separator: new)
        #expect(edited == expected)
        #expect(edited != Self.debian)
    }

    @Test(arguments: [
        // On another line; inside a longer number; in a comment; on a line that is none.
        ("ARRAY /dev/md0 UUID=1:2\n", "1:2", 2), ("ARRAY /dev/md0 UUID=1:2:3\n", "1:2", 1),
        ("ARRAY /dev/md0 # UUID=1:2\n", "1:2", 1), ("# ARRAY UUID=1:2\n", "1:2", 1),
        ("ARRAY md0 UUID=1:2", "", 1),
    ])
    func `nothing is replaced where it is not there`(text: String, old: String, line: Int) {
        #expect(MdadmConf.replacing(old, with: "x", onLine: line, of: text) == nil)
    }

    @Test func `what stands on a continued line is replaced`() {
        let text = "ARRAY /dev/md0\r\n\n # UUID=1:2\n\tuuid=\"1:2\"  # old\n"
        #expect(
            MdadmConf.replacing("1:2", with: "3:4", onLine: 1, of: text)
                == "ARRAY /dev/md0\r\n\n # UUID=1:2\n\tuuid=\"3:4\"  # old\n")
    }

    @Test func `a whole line is replaced, added and written`() {
        let line = MdadmConf.arrayLine(
            device: "/dev/md0", uuid: "6d1e2f30-8a4b-4c5d-9e0f-1a2b3c4d5e6f", metadata: "1.2", name: "lab:0")
        #expect(line == "ARRAY /dev/md0 metadata=1.2 UUID=6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e6f name=lab:0")
        #expect(MdadmConf.appending(line, to: "MAILADDR root") == "MAILADDR root\n" + line + "\n")
        #expect(MdadmConf.appending(line, to: "") == line + "\n")
        let text = "MAILADDR root\nARRAY /dev/md9\n  UUID=1:2 # old\nHOMEHOST x\n"
        #expect(
            MdadmConf.replacing(line: 2, with: line, of: text) == "MAILADDR root\n\(line) # old\nHOMEHOST x\n"
        )
        #expect(MdadmConf.replacing(line: 3, with: line, of: text) == nil)
        #expect(MdadmConf(parsing: MdadmConf.appending(line, to: text)).arrays.count == 2)
    }

    @Test func `nothing crashes on any bytes`() {
        for text in [
            "\"", "ARRAY '", "ARRAY =", "ARRAY uuid=", "\\", "ARRAY\n ", " \n#", "ARRAY \u{0}",
            "ARRAY super-minor=99999999999999999999",
        ] {
            _ = MdadmConf(parsing: text)
            _ = MdadmConf.replacing("a", with: "b", onLine: 1, of: text)
        }
        #expect(MdadmConf(parsing: String(repeating: "ARRAY a\n b\n", count: 50000)).arrays.count == 50000)
    }
}
