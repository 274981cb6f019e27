import Testing

@testable import BootFiles

@Suite struct `edited command lines` {
    private func replaced(_ text: String, line: Int = 1, _ old: String, _ new: String?) -> String? {
        KernelCommandLine.replacing(old, with: new, onLine: line, of: text)
    }

    @Test(arguments: [
        ("GRUB_CMDLINE_LINUX=\"ro root=/dev/a quiet\"\n", "GRUB_CMDLINE_LINUX=\"ro root=/dev/b quiet\"\n"),
        ("GRUB_CMDLINE_LINUX='root=/dev/a'", "GRUB_CMDLINE_LINUX='root=/dev/b'"),
        ("GRUB_CMDLINE_LINUX=root=/dev/a\n", "GRUB_CMDLINE_LINUX=root=/dev/b\n"),
        ("options  root=/dev/a\tro $tuned_params\n", "options  root=/dev/b\tro $tuned_params\n"),
        ("root=/dev/a ro", "root=/dev/b ro"),
        (
            "GRUB_CMDLINE_LINUX=\"ro \\\n  root=/dev/a\"\nX=1\n",
            "GRUB_CMDLINE_LINUX=\"ro \\\n  root=/dev/b\"\nX=1\n"
        ),
    ])
    func `have the one word changed, in every kind of file`(text: String, expected: String) {
        #expect(replaced(text, "root=/dev/a", "root=/dev/b") == expected)
    }

    @Test func `keep what only looks like the word`() {
        for text in ["root=/dev/ab ro", "xroot=/dev/a", "GRUB_CMDLINE_LINUX=\"$ROOT\"", "x=root=/dev/a"] {
            #expect(replaced(text, "root=/dev/a", "root=/dev/b") == nil)
        }
        #expect(replaced("ro\nroot=/dev/a\n", line: 1, "root=/dev/a", nil) == nil)
    }

    @Test(arguments: [
        ("GRUB_CMDLINE_LINUX=\"ro resume=/dev/a quiet\"", "GRUB_CMDLINE_LINUX=\"ro quiet\""),
        ("GRUB_CMDLINE_LINUX=\"resume=/dev/a quiet\"", "GRUB_CMDLINE_LINUX=\"quiet\""),
        ("GRUB_CMDLINE_LINUX=\"resume=/dev/a\"", "GRUB_CMDLINE_LINUX=\"\""),
        ("options resume=/dev/a", "options"), ("resume=/dev/a ro\n", "ro\n"),
    ])
    func `lose a word and the blank beside it`(text: String, expected: String) {
        #expect(replaced(text, "resume=/dev/a", nil) == expected)
    }

    @Test(arguments: [
        ("GRUB_CMDLINE_LINUX=\"quiet\"\n", "GRUB_CMDLINE_LINUX=\"quiet rd.auto\"\n"),
        ("GRUB_CMDLINE_LINUX=\"\"\n", "GRUB_CMDLINE_LINUX=\"rd.auto\"\n"),
        ("options ro \n", "options ro rd.auto \n"),
    ])
    func `gain a word at their end`(text: String, expected: String) {
        #expect(KernelCommandLine.appending("rd.auto", toLine: 1, of: text) == expected)
    }

    @Test(arguments: ["X=quiet", "X=", "X=\"quiet\" # \"", "X=\"a\"\"b\""])
    func `gain nothing where a shell would take it for something else`(text: String) {
        #expect(KernelCommandLine.appending("rd.auto", toLine: 1, of: text) == nil)
    }
}
