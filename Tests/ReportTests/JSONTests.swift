import FoundationEssentials
import Machine
import Storage
import Surveying
import Testing

@testable import Report

@Suite struct `JSON text` {
    @Test func `a saved document spells out what acts on a terminal, and is read back as it was`() throws {
        let label = "a\u{9b}31m\u{202e}b\u{7f}\u{2028}ö"
        let bytes = try Document.bytes(of: Signature(type: "ext4", label: label), called: "x")
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("a\\u009b31m\\u202eb\\u007f\\u2028ö"))
        #expect(try Document.value(Signature.self, from: bytes, called: "x").label == label)
    }

    @Test func `members keep their order and what is absent is absent`() {
        let json = JSON.object([
            "zebra": .integer(1), "gone": nil, "alpha": .array([.bool(true), .string("x")]),
            "none": .array([]),
        ])
        #expect(
            json.text == """
                {
                  "zebra": 1,
                  "alpha": [
                    true,
                    "x"
                  ],
                  "none": []
                }

                """)
    }

    @Test func `every character survives the way through another reader`() throws {
        for value in UInt32(0)...0x2FFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "<\(scalar)>"
            let bytes = Array(JSON.array([.string(text)]).text.utf8)
            #expect(try JSONDecoder().decode([String].self, from: Data(bytes)) == [text])
            #expect(bytes.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 10 })
        }
    }

    @Test func `a failure is one document of its own`() {
        #expect(
            JSONReport.failure(message: "cannot open '/dev/sdz'", hint: nil).text == """
                {
                  "schema": 1,
                  "error": {
                    "message": "cannot open '/dev/sdz'"
                  }
                }

                """)
    }
}

@Suite struct `Saved documents` {
    /// A survey of the lab's machine: two disks, /boot on raid1, root on a mirrored logical volume.
    ///
    /// Made by `bootmend survey a.img b.img -o mirror.json`. A survey saved by an older bootmend is read like this one:
    /// a new field that is not optional has to be given a value where it is missing, or the schema its next number.
    private func recorded() throws -> (bytes: [UInt8], survey: Survey) {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let bytes = try NamedFile.read("/\(folder)/Fixtures/mirror.json", limit: 1 << 20)
        return (bytes, try Document.value(Survey.self, from: bytes, called: "mirror.json"))
    }

    @Test func `a recorded survey is read whole and saved as it was`() throws {
        let (bytes, survey) = try recorded()
        #expect(survey.installations.map(\.release.prettyName) == ["Debian GNU/Linux 12 (bookworm)"])
        #expect(survey.storage.volume(survey.installations[0].root)?.copies.count == 2)
        let saved = try Document.bytes(of: survey, called: "again")
        // Sets are written in any order: what counts is that nothing is lost on the way.
        #expect(saved.count == bytes.count)
        #expect(try Document.value(Survey.self, from: saved, called: "again") == survey)
    }

    /// A name that does not come back would be lost without a word wherever it is optional.
    @Test func `every name in a survey and a plan comes back from its key`() throws {
        var names: Set<String> = []
        func gather(_ value: Any) {
            for child in Mirror(reflecting: value).children {
                if let label = child.label { names.insert(label) }
                gather(child.value)
            }
        }
        gather(try recorded().survey)
        gather(Samples.plan)
        #expect(names.count > 100)
        for name in names where !name.hasPrefix(".") && !name.hasPrefix("_") {
            #expect(Document.camel(Document.snake(name)) == name)
        }
    }

    @Test(arguments: ["", "{", "[]", "{}", "{\"schema\": \"one\"}", "\0\0\0"])
    func `what is no survey is refused with a reason`(text: String) {
        #expect(throws: SystemError.self) {
            try Document.value(Survey.self, from: Array(text.utf8), called: "x")
        }
    }

    @Test(arguments: [
        ("", "it is not JSON"), ("\0\0\0", "it is not JSON"), ("{\"schema\": 1", "it is not JSON"),
        ("[]", "it is JSON, but no survey"), ("null", "it is JSON, but no survey"),
        ("\"x\"", "it is JSON, but no survey"), ("7", "it is JSON, but no survey"),
        ("{}", "'schema' is missing"), ("{\"schema\": \"one\"}", "'schema' has an unexpected value"),
        ("{\"schema\": null}", "'schema' has an unexpected value"),
        ("{\"schema\": 1e99}", "a value in it is damaged or out of range"),
    ])
    func `what has no schema says what it is instead`(text: String, reason: String) {
        let error = #expect(throws: SystemError.self) {
            try Document.schema(of: Array(text.utf8), called: "x", kind: "survey")
        }
        #expect(error?.detail == reason)
        #expect(error?.hint == "was it written by 'bootmend'?")
    }

    @Test(arguments: ["{\"schema\": 2}", "{\"medium\": [], \"schema\": 2, \"storage\": \"elsewhere\"}"])
    func `the schema is told whatever the rest looks like`(text: String) throws {
        #expect(try Document.schema(of: Array(text.utf8), called: "x", kind: "survey") == 2)
    }

    @Test func `a size below zero is JSON all the same`() throws {
        let size = "\"size\" : 418381824"
        let text = String(decoding: try recorded().bytes, as: UTF8.self)
        let place = try #require(text.firstRange(of: size))
        let broken = text[..<place.lowerBound] + "\"size\" : -418381824" + text[place.upperBound...]
        let error = #expect(throws: SystemError.self) {
            try Document.value(Survey.self, from: Array(broken.utf8), called: "x", kind: "survey")
        }
        #expect(error?.detail == "a value in it is damaged or out of range")
    }

    @Test(arguments: [
        ("rootUUID", "root_uuid"), ("machineID", "machine_id"), ("hasMD", "has_md"), ("_0", "_0"),
        ("id", "id"),
        ("bootsAlone", "boots_alone"), ("versionID", "version_id"), ("hasDeviceMapper", "has_device_mapper"),
        ("writeFile", "write_file"), ("superMinor", "super_minor"),
    ])
    func `a name goes into snake case and comes back`(name: String, key: String) {
        #expect(Document.snake(name) == key)
        #expect(Document.camel(key) == name)
    }
}
