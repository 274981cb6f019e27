import BootFiles
import Testing

@Suite struct `BLS entries lie in the menu` {
    private func order(_ names: [String]) -> [String] {
        BLSEntry.inMenuOrder(names.map { BLSEntry(file: $0 + ".conf") }).map { String($0.file.dropLast(5)) }
    }

    /// Each list is as GRUB shows it, the newest first.
    @Test(arguments: [
        ["4.18.0-553.5.1.el8_10.x86_64", "4.18.0-553.el8_10.x86_64", "4.18.0-80.el8.x86_64"],
        ["5.14.0-70.el9.x86_64", "5.14.0-9.el9.x86_64", "4.18.0-553.el8_10.x86_64", "0-rescue"],
        ["5.14.0-70.el9.x86_64+debug", "5.14.0-70.el9.x86_64", "5.14.0-70.el9.x86_64~debug"],
        ["6.9.0-1.fc40", "6.9.0-0.rc7.fc40"],
        ["6.10.0", "6.9.0", "6.9.0~rc1"],
        ["1-2.0b", "1-2.0a", "1-2.0"],
        ["1-10", "1-2", "1-a"],
    ]) func `by version, numbers before words and rescue at the end`(names: [String]) {
        let files = names.map { "0123456789abcdef-" + $0 }
        #expect(order(files.reversed()) == files)
        #expect(order(files.sorted()) == files)
    }

    @Test func `by what stands before the version first`() {
        #expect(order(["a-9-9", "b-1-1", "a-10-1"]) == ["b-1-1", "a-10-1", "a-9-9"])
        #expect(order(["one", "one-2", "one-2-3"]) == ["one-2-3", "one-2", "one"])
    }

    @Test func `whatever their files say of title and version`() {
        let old = BLSEntry(file: "m-1-1.conf", title: "new", version: "9")
        let new = BLSEntry(file: "m-2-1.conf", title: "old", version: "0")
        #expect(BLSEntry.inMenuOrder([old, new]) == [new, old])
    }

    @Test func `in any order where nothing tells them apart, and none is lost`() {
        #expect(Set(order(["", "-", "--", "---", "m_1", "m.1", "é"])).count == 7)
        #expect(order(["m-1.01-1", "m-1.1-1"]) == ["m-1.01-1", "m-1.1-1"])
    }
}
