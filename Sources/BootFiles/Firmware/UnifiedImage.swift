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
    private static let mostSections = 96

    package init(kernel: String?, commandLine: String?) {
        self.kernel = kernel
        self.commandLine = commandLine
    }

    /// Nil where the bytes begin no PE program, or one without a `.linux` section: a loader, a tool.
    package init?(parsing head: [UInt8]) {
        // "MZ", at 0x3c the place of "PE\0\0", behind it the COFF header of 20 bytes and the optional one (PE format).
        guard head.starts(with: [0x4d, 0x5a]), let header: UInt32 = head.little(at: 0x3c),
            let signature = head.span(at: Int(header), count: 4),
            signature.elementsEqual([0x50, 0x45, 0, 0]),
            let count: UInt16 = head.little(at: Int(header) + 6),
            let optional: UInt16 = head.little(at: Int(header) + 20)
        else { return nil }
        var texts: [String: String] = [:]
        var hasKernel = false
        for index in 0..<min(Int(count), Self.mostSections) {
            let place = Int(header) + 24 + Int(optional) + index * 40
            guard let name = head.span(at: place, count: 8)?.textToNUL,
                let length: UInt32 = head.little(at: place + 8),
                let start: UInt32 = head.little(at: place + 20)
            else { break }
            if name == ".linux" { hasKernel = true }
            guard [".uname", ".cmdline"].contains(name), Int(length) <= Self.longest,
                let body = head.span(at: Int(start), count: Int(length))
            else { continue }
            texts[name] = body.textToNUL.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        guard hasKernel else { return nil }
        self.init(kernel: texts[".uname"], commandLine: texts[".cmdline"])
    }
}
