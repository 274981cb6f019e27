import Glibc
import Machine
import Storage
import TestFiles
import Testing

@testable import Sysimage

@Suite struct `records in run` {
    @Test(arguments: [
        "", "{", "[1,", "\"", "\"\\u12", "\"\\ud800\"", "tru", "{\"a\" 1}", "[1]]", "-",
        "99999999999999999999",
        String(repeating: "[", count: 100_000),
    ])
    func `what is no JSON is nothing, and no harm`(text: String) { #expect(JSONValue(parsing: text) == nil) }

    @Test func `what is written is read again`() {
        let value = JSONValue.object([
            "a": .list([.number(-4), .flag(true), .null, .list([])]),
            "b \"q\"": .text("tab\t slash\\ ü \u{1}"), "c": .object([:]),
        ])
        #expect(JSONValue(parsing: value.text) == value)
        #expect(value.text.contains(#""tab\u0009 slash\\ ü \u0001""#))
    }

    @Test func `what was opened is closed from the record, the last first, and the record goes`() throws {
        let place = try TemporaryDirectory()
        let directory = place.path
        let record = RunRecord("opened.json", in: directory)
        let opening = Opening(record: record, sys: MDStates(sys: directory))
        // `true` stands for the tools that close, `false` is not of the closed list.
        let things = OpenedRecord(things: [
            .init(title: "first", nodes: [], undo: ["true", "1"]),
            .init(title: "second", nodes: [], undo: ["rm", "-rf", "x"]),
            .init(title: "third", nodes: ["/dev/not-there"], undo: ["mdadm", "--stop", "/dev/not-there"]),
        ])
        try record.save(things.json)
        #expect(try opening.titles() == ["first", "second", "third"])
        #expect(opening.close().map(\.subject) == ["second"])
        #expect(try opening.titles() == ["second"])
        try record.save(OpenedRecord(things: [things.things[0]]).json)
        #expect(opening.close() == [])
        #expect(try record.load() == nil)
    }

    @Test func `an array that does not run is told by its state`() throws {
        let place = try TemporaryDirectory()
        let sys = place.path
        _ = system(
            "cd \(sys); mkdir -p block/md127/md block/md127/slaves/sdb1 block/md0/md block/md0/slaves/sda1 block/sda; echo inactive > block/md127/md/array_state; echo clean > block/md0/md/array_state"
        )
        let states = MDStates(sys: sys)
        #expect(states.inactive() == ["/dev/md127"])
        #expect(states.inactive(holding: ["/dev/sda1", "/dev/sdb1"]) == ["/dev/md127"])
        #expect(states.inactive(holding: ["/dev/sda1"]) == [])
        #expect(!states.isInactive("/dev/sda"))
    }
}
