/// How text reaches the person who reads it: in colour or not, how wide, and in which characters.
package struct Style: Sendable, Hashable {
    package enum Charset: Sendable, Hashable { case unicode, ascii }
    /// `--color`.
    package enum Colour: String, Sendable, Hashable, CaseIterable { case auto, always, never }

    package var isColoured: Bool
    /// Columns to wrap at; nil for pipes and files, where nothing is wrapped.
    package var width: Int?
    package var charset: Charset

    package init(isColoured: Bool = false, width: Int? = nil, charset: Charset = .unicode) {
        self.isColoured = isColoured
        self.width = width
        self.charset = charset
    }

    /// What suits a stream: `columns` is nil where it is no terminal; `variable` reads the environment.
    package static func suiting(
        columns: Int?, colour: Colour, variable: (String) -> String?
    ) -> Style {
        let terminal = variable("TERM") ?? ""
        let isColoured =
            switch colour {
            case .always: true
            case .never: false
            // An empty NO_COLOR does not count (no-color.org).
            case .auto: columns != nil && terminal != "dumb" && (variable("NO_COLOR") ?? "").isEmpty
            }
        return Style(
            isColoured: isColoured, width: columns, charset: charset(terminal: terminal, variable: variable))
    }

    /// Rescue consoles are exactly where fonts lack the marks: the Linux console and serial lines get ASCII, and so does
    /// every locale that is not UTF-8 (the first of the three variables that is set decides, locale(7)).
    private static func charset(terminal: String, variable: (String) -> String?) -> Charset {
        let plain = ["linux", "dumb", "vt52", "vt100", "vt102", "vt220", "vt320"]
        guard !plain.contains(terminal) else { return .ascii }
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        let locale = names.lazy.compactMap(variable).first { !$0.isEmpty } ?? "C"
        let letters = locale.lowercased().filter { $0 != "-" }
        return letters.contains("utf8") ? .unicode : .ascii
    }
}
