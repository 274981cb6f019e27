import Bytes

/// A unified kernel image: kernel, initramfs and command line as sections of one program of the firmware's
/// (UAPI.5; systemd-stub(7)).
package struct UnifiedImage: Codable, Sendable, Hashable {
    /// `.uname`: the kernel's release; nil where the builder did not say.
    package var kernel: String?
    /// `.cmdline`; nil where the firmware's or the menu's words are all there are.
    package var commandLine: String?

    /// So many bytes of a file are enough: builders put the small sections before the kernel.
    package static let head = 1 << 20
    // COMMAND_LINE_SIZE is 2048 on x86; systemd-stub takes what the section holds.
    private static let longest = 64 << 10

    package init(kernel: String?, commandLine: String?) {
        self.kernel = kernel
        self.commandLine = commandLine
    }

    /// Nil where the bytes begin no PE program, or one without a `.linux` section: a loader, a tool.
    package init?(parsing head: [UInt8]) {
        guard let program = FirmwareProgram(parsing: head) else { return nil }
        var texts: [String: String] = [:]
        var hasKernel = false
        for (name, start, length) in program.sections {
            if name == ".linux" { hasKernel = true }
            guard [".uname", ".cmdline"].contains(name), length <= Self.longest,
                let body = head.span(at: start, count: length)
            else { continue }
            texts[name] = body.textToNUL.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        guard hasKernel else { return nil }
        self.init(kernel: texts[".uname"], commandLine: texts[".cmdline"])
    }
}
