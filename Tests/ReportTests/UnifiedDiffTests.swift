import Testing

@testable import Report

@Suite struct `Diffs` {
    private func text(_ diff: UnifiedDiff) -> String {
        diff.rows.map { row in
            switch row.kind {
            case .heading, .hunk: row.text
            case .same: " " + row.text
            case .removed: "-" + row.text
            case .added: "+" + row.text
            }
        }.joined(separator: "\n")
    }

    /// As `diff -u` prints it.
    @Test func `one changed line with its context`() {
        let old = "a\nb\nc\nUUID=1 /boot xfs\ne\nf\ng\nh\n"
        let new = "a\nb\nc\nUUID=2 /boot xfs\ne\nf\ng\nh\n"
        #expect(
            text(UnifiedDiff(path: "/etc/fstab", old: old, new: new)) == """
                --- /etc/fstab
                +++ /etc/fstab
                @@ -1,7 +1,7 @@
                 a
                 b
                 c
                -UUID=1 /boot xfs
                +UUID=2 /boot xfs
                 e
                 f
                 g
                """)
    }

    @Test func `edits far apart are two hunks`() {
        let lines = (1...20).map { "line \($0)" }
        var changed = lines
        changed[1] = "two"
        changed[17] = "eighteen"
        let diff = UnifiedDiff(
            path: "p", old: lines.joined(separator: "\n"), new: changed.joined(separator: "\n"))
        #expect(
            diff.rows.filter { $0.kind == .hunk }.map(\.text) == ["@@ -1,5 +1,5 @@", "@@ -15,6 +15,6 @@"])
    }

    @Test func `a new file comes from nothing`() {
        #expect(
            text(UnifiedDiff(path: "/etc/x", old: nil, new: "one\n")) == """
                --- /dev/null
                +++ /etc/x
                @@ -0,0 +1,1 @@
                +one
                """)
    }

    @Test func `no change is no diff`() {
        #expect(UnifiedDiff(path: "p", old: "a\n", new: "a\n").rows.isEmpty)
    }

    /// Applying the diff by hand gives the new text again.
    @Test(arguments: [
        ("", "a\nb"), ("a\nb\nc", ""), ("a\nb\nc\nd", "b\nx\nd\ne"), ("x\nx\nx", "x\nx"), ("a", "b\na\nb"),
    ])
    func `what is kept and added is the new text`(old: String, new: String) {
        let rows = UnifiedDiff(path: "p", old: old, new: new, context: 100).rows
        let after = rows.filter { $0.kind == .same || $0.kind == .added }.map(\.text)
        let before = rows.filter { $0.kind == .same || $0.kind == .removed }.map(\.text)
        #expect(after.joined(separator: "\n") == new)
        #expect(before.joined(separator: "\n") == old)
    }

    @Test func `a file of many different lines does not take for ever`() {
        let old = (1...30_000).map { "a\($0)" }.joined(separator: "\n")
        let new = (1...30_000).map { "b\($0)" }.joined(separator: "\n")
        #expect(UnifiedDiff(path: "p", old: old, new: new).rows.count == 60_003)
    }
}
