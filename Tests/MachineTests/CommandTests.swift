import Machine
import Testing

@Suite struct Commands {
    @Test(arguments: [
        (["--target=i386-pc", "/dev/sda"], "grub-install --target=i386-pc /dev/sda"),
        (["a b", "it's", "", "$(x)", "a;b"], #"grub-install 'a b' 'it'\''s' '' '$(x)' 'a;b'"#),
        (["~root", "*", "ü"], "grub-install '~root' '*' 'ü'"),
    ])
    func `a command is shown so that it can be pasted`(arguments: [String], text: String) {
        #expect(Command(.grubInstall, arguments: arguments).description == text)
    }

    @Test func `what is pasted comes to the same words`() throws {
        let words = ["a b", "it's", "", "$(x)", "a;b", "~", "*", "\"", "\\", "new\nline"]
        let command = Command(.shell, arguments: ["-c", #"printf '<%s>' "$@""#, "sh"] + words)
        let pasted = try Command(.shell, "-c", command.description).run()
        #expect(pasted.text == words.map { "<\($0)>" }.joined())
        #expect(try command.run().text == pasted.text)
    }

    @Test func `variables stand before the tool`() {
        let command = Command(.grubMkconfig, "-o", "/x", environment: ["B": "2 3", "A": "1"])
        #expect(command.description == "A=1 B='2 3' grub-mkconfig -o /x")
        #expect(command.vector == ["grub-mkconfig", "-o", "/x"])
    }

    @Test(arguments: Tool.allCases)
    func `each tool names a package`(tool: Tool) { #expect(!tool.package.isEmpty) }
}
