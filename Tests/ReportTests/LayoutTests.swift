import Testing

@testable import Report

@Suite struct `Setting lines` {
    private func text(_ width: Int?, _ fill: (inout Page) -> Void) -> String {
        var page = Page()
        fill(&page)
        return page.text(Style(width: width))
    }

    @Test func `a long line goes on below its last tab`() {
        let wrapped = text(30) {
            $0.line(indent: 2, .text("seen"), .tab(8), .text("one two three four five six seven"))
        }
        #expect(
            wrapped == """
                  seen  one two three four
                        five six seven

                """)
    }

    @Test func `a pipe gets the line whole`() {
        let words = String(repeating: "word ", count: 50)
        #expect(text(nil) { $0.line(words) } == words.dropLast() + "\n")
    }

    @Test func `a word longer than the line stays whole`() {
        let path = "/boot/" + String(repeating: "x", count: 80)
        #expect(text(40) { $0.line("see \(path) for more") } == "see\n\(path)\nfor more\n")
    }

    @Test func `a verbatim line is never broken`() {
        let command = String(repeating: "a ", count: 60) + "b"
        #expect(text(60) { $0.verbatim(.text(command)) } == command + "\n")
    }

    @Test(arguments: 1...90)
    func `no line is wider than the terminal, and no word is lost`(width: Int) {
        let words = (1...40).map { "w\($0)" }
        let shown = text(width + 10) {
            $0.line(indent: 4, .text("label"), .tab(12), .text(words.joined(separator: " ")))
        }
        #expect(shown.split(separator: "\n").allSatisfy { $0.count <= width + 10 })
        #expect(shown.split(whereSeparator: \.isWhitespace).map(String.init) == ["label"] + words)
    }

    @Test func `roles become colours and end where they end`() {
        var page = Page()
        page.line(.mark(.blocker), .text(" no "), .subject("name"))
        #expect(page.text(Style(isColoured: true)) == "\u{1B}[31m✗\u{1B}[0m no \u{1B}[1mname\u{1B}[0m\n")
    }

    @Test func `a table loses its last column before it wraps`() {
        var table = Table(indent: 2)
        table.row(.text("/dev/sda1"), .text("ext4"), .text("3e7e0000-0000-0000-0000-000000000000"))
        table.row(.text("/dev/sdb"), .text("x"), .text("y"))
        var page = Page()
        page.append(table.lines(Style(width: 30)))
        #expect(page.text(Style(width: 30)) == "  /dev/sda1  ext4\n  /dev/sdb   x\n")
    }

    @Test func `gaps never pile up`() {
        let shown = text(nil) { page in
            page.gap()
            page.line("a")
            page.gap()
            page.gap()
            page.line("b")
        }
        #expect(shown == "a\n\nb\n")
    }
}
