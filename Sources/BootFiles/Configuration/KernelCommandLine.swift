/// A kernel command line, cut into parameters as the kernel does (lib/cmdline.c, next_arg).
package struct KernelCommandLine: Codable, Sendable, Hashable {
    /// One parameter: `ro`, or `root=UUID=…`.
    package struct Parameter: Codable, Sendable, Hashable {
        package var name: String
        /// What follows the first `=`, quotes taken away; nil without one.
        package var value: String?
        package init(name: String, value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    package var parameters: [Parameter]

    package init(_ parameters: [Parameter] = []) { self.parameters = parameters }

    /// Blanks part parameters, except between double quotes.
    package init(parsing text: String) {
        parameters = Self.words(of: text).map { word in
            guard let equals = word.firstIndex(of: "=") else { return Parameter(name: word) }
            return Parameter(name: String(word[..<equals]), value: String(word[word.index(after: equals)...]))
        }
    }

    /// As it is written: what has blanks in it between quotes.
    package var text: String {
        parameters.map { parameter in
            let word = parameter.value.map { "\(parameter.name)=\($0)" } ?? parameter.name
            return word.contains(where: \.isWhitespace) ? "\"\(word)\"" : word
        }.joined(separator: " ")
    }

    /// The value that stands: the kernel and dracut let the last one win.
    package func value(of name: String) -> String? {
        parameters.last { Self.isSame($0.name, name) && $0.value != nil }?.value
    }

    /// All of them in order, for parameters that add up (`rd.lvm.lv=`, `rd.md.uuid=`, `console=`).
    package func values(of name: String) -> [String] {
        parameters.filter { Self.isSame($0.name, name) }.compactMap(\.value)
    }

    /// Whether the parameter is there, with or without a value.
    package func contains(_ name: String) -> Bool { parameters.contains { Self.isSame($0.name, name) } }

    /// Whether a switch of dracut is on: `rd.auto`, `rd.auto=1`; `rd.auto=0` is off, absence is nil.
    package func flag(_ name: String) -> Bool? {
        guard let last = parameters.last(where: { Self.isSame($0.name, name) }) else { return nil }
        return last.value.map { !["0", "no", "off"].contains($0) } ?? true
    }

    /// The command line that a BLS entry's options come to once GRUB has put in `$kernelopts` and `$tuned_params`.
    ///
    /// What grubenv does not define is looked for in `fallback` (grub.cfg's own `set kernelopts=`), and is empty
    /// otherwise: RHEL 8 then boots without root= ("No or empty root= argument").
    package init(
        expanding options: String, environment: GrubEnvironment?, fallback: [String: String] = [:]
    ) {
        self.init(parsing: Self.expand(options) { environment?.variables[$0] ?? fallback[$0] ?? "" })
    }

    // blscfg.c, field_append and expand_val: `$name` up to the first byte that is no letter, digit or underscore;
    // what is put in is not expanded again.
    static func expand(_ text: String, _ value: (String) -> String) -> String {
        var expanded = ""
        var rest = Substring(text)
        // The kernel takes 4 KiB at most (COMMAND_LINE_SIZE); a text of nothing but "$a" would grow without bound.
        while expanded.utf8.count < 65536, let dollar = rest.firstIndex(of: "$") {
            expanded += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            let isBraced = rest.first == "{"
            if isBraced { rest = rest.dropFirst() }
            let name = rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
            rest = rest.dropFirst(name.count)
            if isBraced, rest.first == "}" { rest = rest.dropFirst() }
            expanded += name.isEmpty ? "$" : value(String(name))
        }
        return expanded + rest
    }

    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var isQuoted = false
        var isWord = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""):
                isQuoted.toggle()
                isWord = true
            case 9, 10, 13, 32:
                if isQuoted {
                    word.append(byte)
                } else if isWord {
                    words.append(String(decoding: word, as: UTF8.self))
                    word = []
                    isWord = false
                }
            default:
                word.append(byte)
                isWord = true
            }
        }
        if isWord { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    // The kernel takes - and _ for the same in names (kernel/params.c, parameq).
    private static func isSame(_ one: String, _ other: String) -> Bool {
        one == other
            || one.utf8.count == other.utf8.count
                && zip(one.utf8, other.utf8).allSatisfy { ($0 == 45 ? 95 : $0) == ($1 == 45 ? 95 : $1) }
    }
}
