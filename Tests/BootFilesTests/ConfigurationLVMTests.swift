import Testing

@testable import BootFiles

@Suite struct `lvm.conf` {
    static let text = """
        # This is an example
        config { checks = 1 }
        devices {
            dir = "/dev"
            # filter = [ "a|.*|" ]
            filter = [ "a|^/dev/sda|", "r|.*|" ]
            global_filter = [ ]
            use_devicesfile = 1
        }
        activation { raid_region_size = 2048 volume_list = [ "vg1", "@*" ] }
        global/use_lvmetad = 0
        """

    @Test func `settings are known by their full names`() {
        let conf = LVMConf(parsing: Self.text)
        #expect(conf.damage == nil)
        #expect(conf.settings["devices/filter"] == ["a|^/dev/sda|", "r|.*|"])
        #expect(conf.settings["activation/volume_list"] == ["vg1", "@*"])
        #expect(conf.usesDevicesFile == true)
        #expect(conf.accepts("/dev/sda2") == true)
        #expect(conf.accepts("/dev/sdb2") == false)
        #expect(
            LVMConf(parsing: Self.text, later: "devices { filter = \"a|.*|\" }").accepts("/dev/sdb2") == true)
        #expect(LVMConf(parsing: "").accepts("/dev/sdb2") == true)
    }

    @Test(arguments: [
        ("devices {\nfilter = [ \"a", "line 2: a string is never closed"),
        ("devices {\n", "line 2: the section 'devices' is never closed"), ("}", "line 1: a closing brace"),
        ("a b", "line 1: 'a' is neither"), ("a = [ 1 { ", "line 1: a list is never closed"),
        (String(repeating: "a {", count: 1000), "line 1: more sections"),
    ])
    func `damage is named with its line`(text: String, damage: String) {
        #expect(LVMConf(parsing: text).damage?.hasPrefix(damage) == true)
    }

    @Test(
        arguments: [
            (["a|.*|"], ["/dev/sda"], true),
            (["r|.*|"], ["/dev/sda"], false),
            ([], ["/dev/sda"], true),
            (["r|^/dev/cdrom$|"], ["/dev/cdrom1"], true),
            (["a|loop|", "r|/dev/sd|"], ["/dev/loop0"], true),
            (["a|^/dev/disk/by-id/ata-A|", "r|.*|"], ["/dev/sda", "/dev/disk/by-id/ata-A-part2"], true),
            (["a{^/dev/(sda|vd[a-c])[0-9]*$}", "r(.*)"], ["/dev/vdb12"], true),
            (["a{^/dev/(sda|vd[a-c])[0-9]*$}", "r(.*)"], ["/dev/vdd"], false),
            (["a/dev"], ["/dev/x"], nil),
            (["r/[/"], ["/dev/x"], nil),
            (["x|.*|"], ["/dev/x"], nil),
            (["r|sd[^a]|"], ["/dev/sda"], true),
            (["r|sd[^a]|"], ["/dev/sdb"], false),
            (["r|md\\.?x+|"], ["/dev/md.xx"], false),
        ] as [([String], [String], Bool?)])
    func `the first pattern that matches decides`(patterns: [String], aliases: [String], answer: Bool?) {
        #expect(LVMFilter(patterns).accepts(aliases: aliases) == answer)
    }

    @Test func `an expression made to explode takes no time`() {
        let explosive = LVMFilter(["r|" + String(repeating: "(a*)*", count: 40) + "b|"])
        #expect(explosive.accepts(String(repeating: "a", count: 400)) == true)
        let deep = LVMFilter(["r|" + String(repeating: "(", count: 500) + "|"])
        #expect(deep.accepts("/dev/sda") == nil)
    }
}
