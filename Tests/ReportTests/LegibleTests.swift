import Testing

@testable import Report

@Suite struct `What a terminal may be shown` {
    @Test(arguments: [
        ("plain", "plain"),
        ("\u{1B}[2J", "\\x1b[2J"),
        ("a\nb\tc\0d\u{7F}", "a\\x0ab\\x09c\\x00d\\x7f"),
        // C1: a single-byte CSI on an 8-bit terminal.
        ("\u{9B}31m", "\\u{9b}31m"),
        // A right-to-left override makes "exe.txt" of "txt.exe".
        ("a\u{202E}b\u{200B}c\u{FEFF}", "a\\u{202e}b\\u{200b}c\\u{feff}"),
        ("a\u{2028}b", "a\\u{2028}b"),
        ("Zürich", "Zürich"),
    ])
    func `control and reordering characters are spelled out`(text: String, shown: String) {
        #expect(text.legible(in: .unicode) == shown)
    }

    @Test(arguments: [("…–→", "...-->"), ("Zürich", "Z\\u{00fc}rich")])
    func `an ASCII console gets only ASCII`(text: String, shown: String) {
        #expect(text.legible(in: .ascii) == shown)
    }

    @Test func `no scalar gets past that acts on a terminal`() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let shown = String(scalar).legible(in: .ascii)
            #expect(shown.utf8.allSatisfy { (32...126).contains($0) }, "U+\(String(value, radix: 16))")
        }
    }
}
