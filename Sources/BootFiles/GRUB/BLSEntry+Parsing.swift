extension BLSEntry {
    /// Where the entries lie in a boot filesystem.
    package static let directory = "loader/entries"

    // An entry has a dozen lines.
    private static let mostLines = 1024

    /// Reads one `loader/entries/*.conf` (uapi-group.org, Boot Loader Specification; rhboot grub2, blscfg.c).
    package init(parsing text: String, file: String) {
        self.init(file: file, text: text)
        let bytes = Array(text.utf8)
        for line in TextLine.lines(of: bytes).prefix(Self.mostLines) {
            let words = TextLine.words(of: bytes, in: line.range)
            guard let key = words.first, words.count > 1, let last = words.last else { continue }
            let value = String(decoding: bytes[words[1].lowerBound..<last.upperBound], as: UTF8.self)
            let reference = GrubConfig.Reference(line: line.number, value: value)
            switch String(decoding: bytes[key], as: UTF8.self) {
            case "title": title = value
            case "version": version = value
            case "machine-id": machineID = value
            case "linux": kernel = reference
            // May repeat, and may name several images on one line.
            case "initrd":
                initrds += value.split(separator: " ").map { .init(line: line.number, value: String($0)) }
            // Repeated options add up.
            case "options":
                options = options.map { .init(line: $0.line, value: $0.value + " " + value) } ?? reference
            default: break
            }
        }
    }

    /// The kernel command line it comes to.
    package func commandLine(
        environment: GrubEnvironment?, fallback: [String: String] = [:]
    ) -> KernelCommandLine {
        // An entry without options gets default_kernelopts (blscfg.c).
        KernelCommandLine(
            expanding: options?.value ?? "$default_kernelopts", environment: environment, fallback: fallback)
    }

    /// The images it loads, `$tuned_initrd` and the like put in; what GRUB does not know is left out.
    package func images(environment: GrubEnvironment?) -> [GrubConfig.Reference] {
        initrds.flatMap { image in
            KernelCommandLine.expand(image.value) { environment?.variables[$0] ?? "" }
                .split(separator: " ").map { .init(line: image.line, value: String($0)) }
        }
    }
}
