import Testing

@testable import Storage

struct LVMTextTests {
    private func parse(_ text: String) throws -> LVMText { try LVMText(parsing: Array(text.utf8)) }

    @Test func `sections, numbers, strings, lists and comments are read`() throws {
        let text = try parse(
            """
            # a comment
            vg { id = "x" seqno = 7   # to the end
            status = ["RESIZEABLE", "READ"]
            empty=[]
            nested { deep{ n=-3 } }
            }
            description = "a \\"quoted\\" \\\\ word"
            version = 1
            """)
        let group = try #require(text.section("vg"))
        #expect(group.string("id") == "x")
        #expect(group.integer("seqno") == 7)
        #expect(group.strings("status") == ["RESIZEABLE", "READ"])
        #expect(group.value("empty") == .list([]))
        #expect(group.section("nested")?.section("deep")?.integer("n") == -3)
        #expect(text.string("description") == "a \"quoted\" \\ word")
        #expect(text.integer("version") == 1)
    }

    @Test func `of entries with one name the first counts`() throws {
        #expect(try parse("a=1\na=2").integer("a") == 1)
    }

    @Test func `the text ends at the first NUL`() throws {
        #expect(try parse("a=1\n\0}}}").integer("a") == 1)
    }

    @Test(arguments: [
        ("a {", "line 1: the text ends inside a section"), ("}", "line 1: a '}' that closes nothing"),
        ("a\n{ b = [1, 2\n", "line 3: the text ends inside a list"),
        ("a = \"b", "line 1: the text ends inside a string"),
        ("a b = 1", "line 1: 'a' has neither a value nor a section"), ("= 1", "line 1: a name is missing"),
        ("a = }", "line 1: a value is missing"), ("[", "line 1: a name is missing"),
    ])
    func `what is not in the format says where and why`(text: String, fault: String) {
        let error = #expect(throws: LVMText.Fault.self) { _ = try parse(text) }
        #expect(error?.description == fault)
    }

    @Test func `depth and number of entries are bounded`() {
        #expect(throws: LVMText.Fault.self) { _ = try parse(String(repeating: "a{", count: 100_000)) }
        #expect(throws: LVMText.Fault.self) {
            _ = try parse("a=[" + String(repeating: "1,", count: 500_000) + "]")
        }
    }

    @Test func `a segment's sub-volumes are told apart`() throws {
        let text = try parse(
            """
            vg { id="g" seqno=1 extent_size=8192
             logical_volumes { root { id="l" status=["READ","VISIBLE"] segment_count=2
              segment2 { start_extent=4 extent_count=2 type="striped" stripe_count=1 stripes=["pv0", 9] }
              segment1 { start_extent=0 extent_count=4 type="raid1" device_count=2
                raids=["root_rmeta_0","root_rimage_0","root_rmeta_1","root_rimage_1"] } } } }
            """)
        let group = try #require(VolumeGroup(text))
        let root = try #require(group.logicalVolume("root"))
        #expect(group.extentSize == 4 << 20)
        #expect(root.isVisible)
        #expect(root.segments.map(\.start) == [0, 4])
        #expect(root.segments[0].images == ["root_rimage_0", "root_rimage_1"])
        #expect(root.segments[0].metadata == ["root_rmeta_0", "root_rmeta_1"])
        #expect(root.segments[1].stripes == [LogicalVolume.Stripe(physicalVolume: "pv0", extent: 9)])
    }

    @Test(arguments: [
        "", "vg { id=\"x\" }", "vg { id=\"x\" seqno=-1 extent_size=8 }",
        "vg { id=\"x\" seqno=1 extent_size=0 }",
        "vg { id=\"x\" seqno=1 extent_size=9223372036854775807 }",
    ])
    func `a text without a whole group describes none`(text: String) throws {
        #expect(VolumeGroup(try parse(text)) == nil)
    }
}
